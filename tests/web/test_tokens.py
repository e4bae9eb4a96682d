"""The tokens of colour: text reads at 4.5 to 1 and marks show at 3 to 1, in light, in dark, and where more is asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fastchannel import web

SHEET = (Path(web.__file__).parent / "static" / "web" / "fastchannel.css").read_text(encoding="utf-8")
TONES = ("good", "wait", "hold", "stop", "calm", "accent")
GROUNDS = ("paper", "sheet", "sunk")
TEXT = [(ink, ground) for ink in ("ink", "soft", "accent") for ground in GROUNDS]
TEXT += [(tone, f"{tone}-wash") for tone in TONES] + [("ink", f"{tone}-wash") for tone in TONES]
TEXT += [(tone, "sheet") for tone in TONES]
TEXT += [
    ("accent-ink", "accent"),
    ("band-ink", "band"),
    ("band-soft", "band"),
    ("sheet", "good"),
]
MARKS = [("line-strong", ground) for ground in GROUNDS] + [("focus", ground) for ground in GROUNDS]
SCHEMES = {
    "light": (r"^:root \{",),
    "dark": (r"^:root \{", r"^@media \(prefers-color-scheme: dark\) \{\s*:root \{"),
    "light, more": (r"^:root \{", r"^@media \(prefers-contrast: more\) \{\s*:root \{"),
    "dark, more": (
        r"^:root \{",
        r"^@media \(prefers-color-scheme: dark\) \{\s*:root \{",
        r"^@media \(prefers-contrast: more\) \{\s*:root \{",
        r"^@media \(prefers-contrast: more\) and \(prefers-color-scheme: dark\) \{\s*:root \{",
    ),
}


def tokens(scheme: str) -> dict[str, str]:
    """The colours of a scheme, each block of the sheet laid over the one before it."""
    found: dict[str, str] = {}
    for head in SCHEMES[scheme]:
        block = re.search(head + r"([^}]*)\}", SHEET, re.MULTILINE)
        assert block is not None, head
        found |= dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", block.group(1)))
    return found


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2)."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_ratio_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", list(SCHEMES))
def test_text_reads_and_marks_show(scheme: str) -> None:
    colours = tokens(scheme)
    least_text, least_mark = (7.0, 4.5) if "more" in scheme else (4.5, 3.0)
    weak = {(ink, ground): contrast(colours[ink], colours[ground]) for ink, ground in TEXT}
    assert {pair: round(ratio, 2) for pair, ratio in weak.items() if ratio < least_text} == {}
    marks = {(mark, ground): contrast(colours[mark], colours[ground]) for mark, ground in MARKS}
    assert {pair: round(ratio, 2) for pair, ratio in marks.items() if ratio < least_mark} == {}


def test_the_sheet_names_only_tokens_that_exist() -> None:
    made = set(re.findall(r"(--[\w-]+)\s*:", SHEET))
    assert set(re.findall(r"var\((--[\w-]+)", SHEET)) - made == set()
