"""A machine readable zone is read when all its check digits agree, and refused with the place where one does not."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.certificates.mrz.digits import check_digit
from fastchannel.certificates.mrz.mrz import MrzError, read_mrz

TODAY = date(2020, 6, 1)
# The specimens of ICAO Doc 9303, parts 4 to 7.
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
MRV_A = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<"
MRV_B = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<"


@pytest.mark.parametrize(
    ("text", "form", "number", "birth", "nationality", "expires"),
    [
        (TD3, "TD3", "L898902C3", "1974-08-12", "UTO", date(2012, 4, 15)),
        (TD2, "TD2", "D23145890", "1974-08-12", "UTO", date(2012, 4, 15)),
        (TD1, "TD1", "D23145890", "1974-08-12", "UTO", date(2012, 4, 15)),
        (MRV_A, "MRV-A", "L8988901C", "1940-09-07", "XXX", date(1996, 12, 10)),
        (MRV_B, "MRV-B", "L8988901C", "1940-09-07", "XXX", date(1996, 12, 10)),
    ],
)
def test_each_format_of_the_standard_is_read(
    text: str, form: str, number: str, birth: str, nationality: str, expires: date
) -> None:
    found = read_mrz(text, TODAY)
    assert (found.format, found.number, found.birth, found.nationality) == (form, number, birth, nationality)
    assert (found.family, found.given, found.sex, found.state) == ("ERIKSSON", "ANNA MARIA", "F", "UTO")
    assert found.expires == expires
    assert not found.truncated


@pytest.mark.parametrize("text", [TD1, TD2, TD3, MRV_A, MRV_B])
def test_a_scanner_without_line_breaks_and_small_letters_with_spaces_are_read_alike(text: str) -> None:
    expected = read_mrz(text, TODAY)
    assert read_mrz(text.replace("\n", ""), TODAY) == expected
    assert read_mrz(text.replace("\n", " \r\n ").lower(), TODAY) == expected


@pytest.mark.parametrize("text", [TD1, TD2, TD3])
def test_every_wrong_digit_in_a_checked_field_is_noticed(text: str) -> None:
    lines = text.split("\n")
    row = 1
    for column in (index for index, one in enumerate(lines[row]) if one.isdecimal()):
        wrong = str((int(lines[row][column]) + 1) % 10)
        changed = lines[row][:column] + wrong + lines[row][column + 1 :]
        with pytest.raises(MrzError):
            read_mrz("\n".join([*lines[:row], changed, *lines[row + 1 :]]), TODAY)


def test_a_long_number_of_a_card_goes_on_in_the_optional_data() -> None:
    """The example of Doc 9303, part 5: a number of twelve characters, its check digit behind it."""
    number = "D23145890734"
    digit = check_digit(number)
    first = f"I<UTO{number[:9]}<{number[9:]}{digit}<<<<<<<<<<<"
    second = "7408122F1204159UTO<<<<<<<<<<<"
    composite = check_digit(first[5:30] + second[0:7] + second[8:15] + second[18:29])
    found = read_mrz(f"{first}\n{second}{composite}\nERIKSSON<<ANNA<MARIA<<<<<<<<<<", TODAY)
    assert found.number == number


@pytest.mark.parametrize(
    ("written", "birth"),
    [
        ("740812", "1974-08-12"),
        ("7408<<", "1974-08"),
        ("74<<<<", "1974"),
        ("<<<<<<", ""),
        ("200601", "2020-06-01"),
        ("200602", "1920-06-02"),
        ("210101", "1921-01-01"),
    ],
)
def test_a_birth_date_may_be_partial_and_is_never_to_come(written: str, birth: str) -> None:
    line = f"D231458907UTO{written}{check_digit(written)}F1204159<<<<<<<"
    composite = check_digit(line[0:10] + line[13:20] + line[21:35])
    assert read_mrz(f"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n{line}{composite}", TODAY).birth == birth


def test_a_name_that_fills_its_field_may_have_been_cut() -> None:
    name = "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<KRASUANG"[:39]
    assert read_mrz(f"P<UTO{name}\n{TD3.split(chr(10))[1]}", TODAY).truncated


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no characters"),
        ("P<UTO", "5 characters"),
        (TD3.replace("UTO", "U1O", 1), "issuing state"),
        (TD3.replace("L898902C3", "L898902C4"), "document number"),
        (TD3.replace("ZE184226B", "ZE184226C"), "personal number"),
        (TD3.replace("ERIKSSON", "ERIKS$ON"), "line 1"),
        (TD3 * 9, "at most"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, said: str) -> None:
    with pytest.raises(MrzError, match=said):
        read_mrz(text, TODAY)


@given(st.text(st.characters(codec="utf-8"), max_size=220) | st.text("ABCP<0123456789\n", min_size=88, max_size=92))
def test_no_text_raises_anything_but_our_own_error(text: str) -> None:
    with suppress(MrzError):
        read_mrz(text, TODAY)


@given(st.sampled_from([TD1, TD2, TD3, MRV_A, MRV_B]), st.integers(0, 91), st.sampled_from("AZ09<"))
def test_no_changed_character_raises_anything_but_our_own_error(text: str, place: int, other: str) -> None:
    with suppress(MrzError):
        read_mrz(text[: place % len(text)] + other + text[place % len(text) + 1 :], TODAY)
