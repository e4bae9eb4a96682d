"""What is written is read again as it was, and what check digits can notice is noticed."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fastchannel.certificates.mrz.digits import check_digit
from fastchannel.certificates.mrz.mrz import Mrz, MrzError, read_mrz
from fastchannel.certificates.mrz.states import ISO_3166, known
from fastchannel.certificates.mrz.writing import write_mrz
from tests.certificates.mrz.test_mrz import MRV_A, MRV_B, TD1, TD2, TD3, TODAY

SPECIMENS = [TD1, TD2, TD3, MRV_A, MRV_B]
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"
ROOM = {"TD1": 30, "TD2": 31, "TD3": 39, "MRV-A": 39, "MRV-B": 31}
names = st.lists(st.text("ABEKOZ", min_size=1, max_size=6), min_size=1, max_size=3).map(" ".join)
data = st.text("ABK019", max_size=6)


@st.composite
def zones(draw: st.DrawFn) -> Mrz:
    form = draw(st.sampled_from(list(ROOM)))
    born = draw(st.dates(date(1921, 1, 1), TODAY))
    births = (born.isoformat(), f"{born:%Y-%m}", f"{born:%Y}", f"{born:%Y}-XX-{born:%d}", "")
    family, given_names = draw(names), draw(st.just("") | names)
    return Mrz(
        format=form,
        kind=draw(st.sampled_from(["V", "VC"] if form.startswith("MRV") else ["P", "PO", "I", "AC"])),
        state=draw(st.sampled_from(["D", "UTO", "KOR", "CHN"])),
        family=family,
        given=given_names if len(family) + len(given_names) + 2 < ROOM[form] else "",
        number=draw(st.text("ABK0189", min_size=1, max_size=15 if form == "TD1" else 9)),
        nationality=draw(st.sampled_from(["D", "XXA", "UNO", "KOR"])),
        birth=draw(st.sampled_from(births)),
        sex=draw(st.sampled_from(["M", "F", "X", ""])),
        expires=draw(st.dates(date(1975, 1, 1), date(2065, 1, 1))),
        optional=tuple(draw(data) for _ in range(2 if form == "TD1" else 1)),
    )


@pytest.mark.parametrize("text", SPECIMENS)
def test_each_specimen_is_written_as_it_was_read(text: str) -> None:
    assert write_mrz(read_mrz(text, TODAY)) == text


@given(zones())
def test_a_zone_that_is_written_is_read_as_the_same(zone: Mrz) -> None:
    assert read_mrz(write_mrz(zone), TODAY) == zone


def test_optional_data_keeps_its_field_and_a_long_number_leaves_what_follows_it() -> None:
    zone = replace(read_mrz(TD1, TODAY), number="D23145890734", optional=("ABC", "XYZ"))
    assert write_mrz(zone).splitlines()[0] == "I<UTOD23145890<7349<ABC<<<<<<<"  # the number of Doc 9303, part 5
    assert read_mrz(write_mrz(zone), TODAY) == zone


@pytest.mark.parametrize(
    ("family", "given_names", "written"),
    [
        ("NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG KRASUANG", "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"),  # part 4
        ("BENNELONG WOOLOOMOOLOO WARRANDYTE WARNAMBOOL", "DINGO POTOROO", "BENNELONG<WOOLOOMOOLOO<WARRANDYTE<WA<<D"),
        ("PAPANDROPOULOUS", "JONATHON WARREN TREVOR", "PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR"),
        ("PAPANDROPOULOUS", "JONATHON WARRENS TREVOR", "PAPANDROPOULOUS<<JONATHON<WARRENS<TREVO"),
        ("PAPANDROPOULOUS", "JONATHON WARREN TREVORS ALEC", "PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR"),
        ("PAPANDROPOULOUS", "JONATHON WARRENA TREV ALEC", "PAPANDROPOULOUS<<JONATHO<WARRENA<TREV<A"),
        ("ARKFREITH", "", "ARKFREITH"),
    ],
)
def test_names_too_long_are_cut_so_that_a_letter_ends_the_field(family: str, given_names: str, written: str) -> None:
    zone = replace(read_mrz(TD3, TODAY), family=family, given=given_names)
    line = write_mrz(zone).splitlines()[0][5:]
    assert line == written.ljust(39, "<")
    whole = len(family) + len(given_names) + 2
    assert read_mrz(write_mrz(zone), TODAY).truncated == (whole >= 39)


@given(st.text("ABC ", max_size=60).map(lambda text: " ".join(text.split())), names)
def test_a_cut_name_ends_in_a_letter_and_keeps_a_letter_of_each_name(family: str, given_names: str) -> None:
    if not family:
        return
    zone = replace(read_mrz(TD3, TODAY), family=family, given=given_names)
    read = read_mrz(write_mrz(zone), TODAY)
    assert read.truncated == (len(family) + 2 + len(given_names) >= 39)
    assert read.given
    assert read.given[0] == given_names[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "TD4"},
        {"kind": "V"},
        {"state": "de"},
        {"family": ""},
        {"family": "MÜLLER"},
        {"given": "A  B"},
        {"number": "L898902C3X"},
        {"number": ""},
        {"birth": "1974-13"},
        {"birth": "1974-02-30"},
        {"birth": "yesterday"},
        {"optional": ("A", "B")},
        {"optional": ("A" * 15,)},
        {"sex": "Q"},
        {"nationality": ""},
    ],
)
def test_what_has_no_place_in_a_zone_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(MrzError) as caught:
        write_mrz(replace(read_mrz(TD3, TODAY), **changes))
    assert caught.value.field
    assert caught.value.expected


@pytest.mark.parametrize(
    ("found", "read", "field"),
    [
        ("74O812", "740812", "date of birth"),
        ("7408I2", "740812", "date of birth"),
        ("7A0812", "740812", "date of birth"),
        ("1Z0415", "120415", "date of expiry"),
        ("12O4IS", "120415", "date of expiry"),
    ],
)
def test_a_letter_among_digits_is_repaired_where_the_check_digit_confirms_it(found: str, read: str, field: str) -> None:
    zone = read_mrz(TD3.replace(read, found), TODAY)
    assert replace(zone, repaired=()) == read_mrz(TD3, TODAY)
    assert [(one.line, one.field, one.found, one.read) for one in zone.repaired] == [(2, field, found, read)]


def test_a_check_digit_read_as_a_letter_is_repaired_too() -> None:
    zone = read_mrz(TD3[:-2] + "IO", TODAY)
    assert [(one.field, one.read) for one in zone.repaired] == [
        ("check digit of the personal number", "1"),
        ("composite check digit", "0"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        TD3.replace("740812", "7408B2"),  # B is 8, which the check digit denies
        TD3.replace("L898902C3", "L8989O2C3"),  # a number may have letters, so nothing tells which was meant
        TD3.replace("ANNA", "ANN4"),  # names have no check digit
        TD3.replace("122F", "122G"),
        TD3.replace("6UTO7", "6UT07"),  # nor has the nationality
    ],
)
def test_what_no_check_digit_confirms_is_not_repaired(text: str) -> None:
    with pytest.raises(MrzError):
        read_mrz(text, TODAY)


def test_an_error_names_line_field_found_and_expected() -> None:
    with pytest.raises(MrzError) as caught:
        read_mrz(TD3.replace("7408122", "7408123"), TODAY)
    assert (caught.value.line, caught.value.field) == (2, "date of birth")
    assert "3 for 740812" in caught.value.found
    assert caught.value.expected.startswith("2")


def value(character: str) -> int:
    return 0 if character == "<" else int(character, 36)


CHECKED = {  # line, start and end of what a check digit covers, digits included, and whether the field takes digits alone
    TD1: [(0, 5, 15, False), (0, 15, 30, False), (1, 0, 7, True), (1, 8, 15, True), (1, 18, 29, False), (1, 29, 30, True)],
    TD2: [(1, 0, 10, False), (1, 13, 20, True), (1, 21, 28, True), (1, 28, 35, False), (1, 35, 36, True)],
    TD3: [(1, 0, 10, False), (1, 13, 20, True), (1, 21, 28, True), (1, 28, 43, False), (1, 43, 44, True)],
    MRV_A: [(1, 0, 10, False), (1, 13, 20, True), (1, 21, 28, True)],
    MRV_B: [(1, 0, 10, False), (1, 13, 20, True), (1, 21, 28, True)],
}


@pytest.mark.parametrize("text", SPECIMENS)
def test_every_other_character_in_a_checked_field_is_noticed_but_where_its_value_differs_by_tens(text: str) -> None:
    lines, right = text.split("\n"), read_mrz(text, TODAY)
    unnoticed = 0
    for row, start, end, digits in CHECKED[text]:
        for column in range(start, end):
            was = lines[row][column]
            for other in ALPHABET.replace(was, ""):
                changed = [*lines]
                changed[row] = lines[row][:column] + other + lines[row][column + 1 :]
                try:
                    read = read_mrz("\n".join(changed), TODAY)
                except MrzError:
                    continue
                if replace(read, repaired=()) == right:  # repaired, or one filler for a zero where both say the same
                    continue
                unnoticed += 1
                assert not digits
                assert (value(was) - value(other)) % 10 == 0
    assert unnoticed > 0  # what the docstring says cannot be noticed


@pytest.mark.parametrize(
    ("written", "birth"),
    [
        ("740000", "1974"),
        ("740800", "1974-08"),
        ("74<<12", "1974-XX-12"),
        ("<<0812", "XXXX-08-12"),
        ("<<<<12", "XXXX-XX-12"),
        ("000229", "2000-02-29"),
        ("0002<<", "2000-02"),
    ],
)
def test_births_partly_unknown_are_read(written: str, birth: str) -> None:
    assert read_mrz(_born(written), TODAY).birth == birth


@pytest.mark.parametrize("written", ["741312", "740231", "7413<<", "74<812", "7408<2", "ABCDEF", "210229", "74<<32"])
def test_what_is_no_date_of_birth_is_refused(written: str) -> None:
    with pytest.raises(MrzError):
        read_mrz(_born(written), TODAY)


def _born(written: str) -> str:
    line = f"D231458907UTO{written}{check_digit(written)}F1204159<<<<<<<"
    return f"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n{line}{check_digit(line[0:10] + line[13:20] + line[21:35])}"


def test_a_full_width_zone_typed_on_an_asian_keyboard_is_read() -> None:
    wide = "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in TD3)
    assert read_mrz(wide, TODAY) == read_mrz(TD3, TODAY)


def test_one_name_alone_is_the_family_name() -> None:
    zone = read_mrz(TD3.replace("ERIKSSON<<ANNA<MARIA", "ARKFREITH<<<<<<<<<<<"), TODAY)
    assert (zone.family, zone.given) == ("ARKFREITH", "")
    zone = read_mrz(TD3.replace("ERIKSSON<<ANNA<MARIA", "<<ARKFREITH<<<<<<<<<"), TODAY)
    assert (zone.family, zone.given) == ("ARKFREITH", "")


def test_states_are_those_of_iso_and_the_codes_that_icao_adds() -> None:
    assert len(ISO_3166) == 249
    assert all(known(code) for code in ("D", "UTO", "XXA", "XXB", "XXC", "UNO", "EUE", "GBN", "CHN", "KOR"))
    assert not known("QQQ")
    assert read_mrz(TD3.replace("P<UTO", "P<QQQ"), TODAY).unknown_states == ("QQQ",)
    assert read_mrz(TD3.replace("P<UTO", "P<D<<"), TODAY).state == "D"


@given(st.sampled_from(SPECIMENS), st.lists(st.tuples(st.integers(0, 91), st.characters(codec="utf-8")), max_size=6))
def test_no_changed_characters_raise_anything_but_our_own_error(text: str, changes: list[tuple[int, str]]) -> None:
    for place, other in changes:
        text = text[: place % len(text)] + other + text[place % len(text) + 1 :]
    with suppress(MrzError):
        read_mrz(text, TODAY)
