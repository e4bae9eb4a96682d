"""The web fonts' slices: every common character in one of them, and the sheet leads to the slice that has it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import fonts
from tools.fonts import FACES, IN_A_SLICE, double_bytes, own_characters, ranges, sheet, slices

CHINESE, KOREAN = FACES


def test_the_common_sets_are_those_of_the_standards() -> None:
    assert [len(double_bytes(face.codec, face.rows)) for face in FACES] == [6763, 2350]
    assert double_bytes(CHINESE.codec, CHINESE.rows)[0] == "啊"
    assert double_bytes(KOREAN.codec, KOREAN.rows)[-1] == "힝"


@pytest.mark.parametrize("face", FACES)
def test_every_common_character_is_in_one_slice(face: fonts.Face) -> None:
    own = own_characters(face)
    cut = slices(face, own)
    held = [character for text in cut for character in text]
    assert len(held) == len(set(held))
    assert set(double_bytes(face.codec, face.rows)) | own == set(held)
    assert max(map(len, cut[:-2])) == IN_A_SLICE
    assert cut[-1] == face.language


@pytest.mark.parametrize("face", FACES)
def test_the_last_rule_that_claims_a_character_names_the_slice_that_has_it(face: fonts.Face) -> None:
    cut = slices(face, own_characters(face))
    names = [f"{number}.woff2" for number in range(len(cut))]
    claimed: dict[int, str] = {}
    for name, claim in re.findall(r'url\("([^"]+)"\)[^}]*unicode-range:([^}]+)', sheet([(face, cut, names)])):
        for part in claim.split(","):
            first, _, last = part.removeprefix("U+").partition("-")
            claimed |= dict.fromkeys(range(int(first, 16), int(last or first, 16) + 1), name)
    for text, name in zip(cut, names, strict=True):
        assert {claimed[ord(character)] for character in text} == {name}


def test_ranges_join_neighbours() -> None:
    assert ranges("一三二丁") == "U+4E00-4E01,U+4E09,U+4E8C"


def test_the_catalogues_own_characters_are_found() -> None:
    assert set("快捷通道总览。") <= own_characters(CHINESE)
    assert set("신속통로현황") <= own_characters(KOREAN)
    assert own_characters(KOREAN).isdisjoint(own_characters(CHINESE))


def test_without_the_packages_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "source", lambda: None)
    assert not fonts.write(tmp_path / "fonts")
    assert not (tmp_path / "fonts").exists()


def test_what_was_cut_says_its_licence_and_fits_a_phone() -> None:
    if not (fonts.FONTS / fonts.STAMP).exists():
        pytest.skip("needs the web fonts: install fonttools, brotli and noto-cjk-sans-otc, then python tools/fonts.py")
    rules = (fonts.FONTS / fonts.SHEET).read_text(encoding="utf-8")
    named = re.findall(r'url\("([^"]+)"\)', rules)
    assert {path.name for path in fonts.FONTS.glob("*.woff2")} == set(named)
    assert max(path.stat().st_size for path in fonts.FONTS.glob("*.woff2")) < 200_000
    assert len(rules) < 30_000
    assert "SIL OPEN FONT LICENSE" in (fonts.FONTS / fonts.LICENCE).read_text(encoding="utf-8")
