"""The reference pages are what the tables say."""

import re
from pathlib import Path

import pytest

import fastchannel.decide
from fastchannel.decide.stages import TRANSITIONS, Stage
from fastchannel.decide.words import REASONS, STAGES
from tools import reference_decide

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["stages.md", "reasons.md"])
def test_page_is_what_the_tables_say(name: str) -> None:
    page = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert page == reference_decide.PAGES[name](), f"run: python tools/reference_decide.py, then commit docs/reference/{name}"


def test_every_code_that_is_used_has_words_in_the_table_and_none_is_idle() -> None:
    rooms = Path(next(iter(fastchannel.decide.__path__))).parent
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for room in ("decide", "casework")
        for path in (rooms / room).rglob("*.py")
        if path.name != "words.py"
    )
    families = "|".join({code.split(".")[0] for code in REASONS if "." in code})
    used = set(re.findall(rf'"((?:{families})\.[a-z-]+)"', sources))
    assert used <= set(REASONS)
    assert [code for code in REASONS if f'"{code}"' not in sources] == []


def test_every_stage_can_be_reached_and_has_words() -> None:
    reached = {Stage.EXPECTED, Stage.APPLIED, Stage.COMPLETED} | set(TRANSITIONS.values())
    assert reached == set(Stage) == set(STAGES)
