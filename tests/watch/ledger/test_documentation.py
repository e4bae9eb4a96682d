"""What the how-to does can be done, and prints what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "prove-zero-import-to-your-minister.md"


def test_the_how_to_runs_and_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (promised,) = re.findall(r"```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(code, PAGE.name, "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    assert printed[:-1] == promised.splitlines()
    assert printed[-1].startswith("Imports that no test found: of 2 infected travellers")
