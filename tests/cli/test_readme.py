"""The README and the tutorial promise nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from fastchannel.cli.main import build
from fastchannel.cli.reference import commands

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
TUTORIAL = (ROOT / "docs" / "tutorial" / "first-ten-minutes.md").read_text()
PROMISES = re.findall(r"^\| (?!promise)([^|]+) \| \[`(test_\w+)`\]\(([^)]+)\) \|$", README, re.MULTILINE)


@pytest.mark.parametrize(("promise", "test", "path"), PROMISES, ids=[test for _, test, _ in PROMISES])
def test_each_promise_has_the_test_that_it_names(promise: str, test: str, path: str) -> None:
    assert f"def {test}(" in (ROOT / path).read_text(), promise


def test_there_are_promises() -> None:
    table = README.split("## Promises")[1].split("## ")[0]
    assert len(PROMISES) == table.count("\n| ") - 1 > 10


@pytest.mark.parametrize("link", sorted({link for link in re.findall(r"\]\(([^)#]+)[^)]*\)", README) if "://" not in link}))
def test_each_link_of_the_readme_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize("line", sorted(set(re.findall(r"\.venv/bin/(fastchannel [^>`\n]+)", README + TUTORIAL))))
def test_each_command_line_is_one_that_exists(line: str) -> None:
    words = line.split()
    paths = {path: made for path, made, _ in commands(build())}
    found = next(path for path in paths if words[: len(path.split())] == path.split())
    options = {name for parameter in paths[found].params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options
    for option in (one for one in paths[found].params if isinstance(one, click.Option)):
        if isinstance(option.type, click.Choice):
            given = [words[index + 1] for index, word in enumerate(words) if word in option.opts]
            assert set(given) <= set(option.type.choices)
