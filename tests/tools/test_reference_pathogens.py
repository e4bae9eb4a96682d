"""The reference page of pathogens says what the profiles and the practice that ship say, and leaves no figure out."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fastchannel.forecast.infection.pathogens import shipped_profiles
from fastchannel.forecast.practice import default_practice
from tools import reference_pathogens

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "pathogens.md").read_text(encoding="utf-8")
TEXTS = {name: profile.written for name, profile in shipped_profiles().items()} | {"practice": default_practice().written}


def figures(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "value" in value:
            yield value
        for entry in value.values():
            yield from figures(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from figures(entry)


def test_the_page_is_what_the_texts_say() -> None:
    assert reference_pathogens.page() == PAGE, "run: python tools/reference_pathogens.py"


@pytest.mark.parametrize("name", TEXTS)
def test_every_figure_has_its_row_with_its_interval_and_every_source_its_link(name: str) -> None:
    section = PAGE.split(f"\n## {name}\n")[1].split("\n## ")[0]
    raw = tomllib.loads(TEXTS[name])
    found = list(figures(raw))
    rows = [row for row in section.splitlines() if row.startswith("| ") and not row.startswith(("| figure |", "| day |"))]
    assert len(rows) == len(found)
    for figure in found:
        interval = "fixed" if figure["low"] == figure["high"] else f"{figure['low']:g} to {figure['high']:g}"
        assert any(f"| {figure['value']:g} | {interval} |" in row for row in rows), figure
        assert f"https://doi.org/{figure['doi']}" in section if "doi" in figure else True
        assert figure.get("note", "") in section
