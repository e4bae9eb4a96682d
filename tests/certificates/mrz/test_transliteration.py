"""Names are written as ICAO recommends, and other permitted ways are known."""

from __future__ import annotations

import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.certificates.mrz.mrz import MrzError
from fastchannel.certificates.mrz.transliteration import letter_of, transliterate


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Müller-Lüdenscheidt", "MUELLER LUEDENSCHEIDT"),
        ("Größ", "GROESS"),
        ("O’Brien", "OBRIEN"),
        ("O'Brien", "OBRIEN"),
        ("D`Arcy", "DARCY"),
        ("Ñúñez", "NUNEZ"),
        ("Søren Ågård", "SOEREN AAGAARD"),
        ("Æthelþryð", "AETHELTHRYD"),
        ("Łukasz Żółć", "LUKASZ ZOLC"),
        ("İbrahim Işık", "IBRAHIM ISIK"),
        ("Nguyễn Văn Đức", "NGUYEN VAN DUC"),
        ("Lǚ", "LUE"),
        ("St. John", "ST JOHN"),
        ("Щербакова Юлия Игорьевна", "SHCHERBAKOVA IULIIA IGOREVNA"),
        ("Подъячев", "PODIEIACHEV"),
        ("Ţepeş, Ștefan", "TEPES STEFAN"),
        ("ＫＩＭ", "KIM"),
        ("", ""),
    ],
)
def test_a_name_is_written_as_recommended(name: str, written: str) -> None:
    assert transliterate(name) == written


@pytest.mark.parametrize(
    ("letter", "ways"),
    [
        ("Ä", {"AE", "A"}),
        ("Å", {"AA", "A"}),
        ("Ö", {"OE", "O"}),
        ("Ü", {"UE", "UXX", "U"}),
        ("Ñ", {"N", "NXX"}),
        ("Г", {"G", "H"}),
        ("Х", {"KH", "H"}),
        ("Щ", {"SHCH", "SHT"}),
    ],
)
def test_permitted_ways_are_known(letter: str, ways: set[str]) -> None:
    row = letter_of(letter)
    assert row is not None
    assert {row.recommended, *row.permitted} == ways


def test_every_latin_capital_with_marks_and_every_cyrillic_letter_of_the_tables_has_a_row() -> None:
    letters = [chr(code) for code in (*range(0xC0, 0x180), *range(0x401, 0x42F + 1))]
    missing = [one for one in letters if one.isupper() and one != "Ѐ" and letter_of(one) is None]
    assert missing == []


@pytest.mark.parametrize("name", ["김민수", "王", "Ω", "ガ", "A" * 501])
def test_what_has_no_row_is_refused(name: str) -> None:
    with pytest.raises(MrzError):
        transliterate(name)


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_whatever_is_written_has_letters_and_spaces_alone(name: str) -> None:
    with suppress(MrzError):
        assert set(transliterate(name)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ ")


@given(st.text("äÖüßñåéЖщ", max_size=12))
def test_composed_and_decomposed_letters_are_written_alike(name: str) -> None:
    assert transliterate(unicodedata.normalize("NFD", name)) == transliterate(name)
