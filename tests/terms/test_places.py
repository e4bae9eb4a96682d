"""Places: the tables are whole, and codes are read as ISO 3166 has them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from fastchannel.terms.places import (
    COUNTRIES,
    ZONES,
    country_of,
    is_code,
    is_known,
    lies_in,
    name_of,
    subdivisions,
    zone_of,
)

COUNTS = {"CN": 34, "KR": 17, "SG": 5, "JP": 47, "MY": 16, "VN": 63, "HK": 0, "MO": 0}


@pytest.mark.parametrize("country", COUNTS)
def test_a_country_has_as_many_subdivisions_as_iso_3166_2_gives_it(country: str) -> None:
    assert len(subdivisions(country)) == COUNTS[country]


@pytest.mark.parametrize("country", COUNTS)
def test_every_subdivision_has_its_own_name_in_each_language(country: str) -> None:
    for language in ("en", "zh", "ko"):
        names = [place.names[language] for place in subdivisions(country).values()]
        assert all(name.strip() == name and name for name in names)
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("place", "code", "known"),
    [
        ("CN", True, True),
        ("CN-SH", True, True),
        ("CN-XX", True, False),
        ("KR-11", True, True),
        ("KR-99", True, False),
        ("FR-75", True, True),  # no table: only the shape is known
        ("HK", True, True),
        ("cn-sh", False, False),
        ("CN-", False, False),
        ("CN-ABCD", False, False),
        ("CN SH", False, False),
        ("", False, False),
        ("CN-SH\n", False, False),
    ],
)
def test_a_code_has_the_shape_of_iso_3166_and_exists_where_there_is_a_table(place: str, code: bool, known: bool) -> None:
    assert (is_code(place), is_known(place)) == (code, known)


@pytest.mark.parametrize(
    ("place", "region", "lies"),
    [
        ("CN-SH", "CN-SH", True),
        ("CN-SH", "CN", True),
        ("CN", "CN-SH", False),
        ("CN-SH", "CN-S", False),
        ("KR-11", "CN", False),
    ],
)
def test_a_subdivision_lies_in_its_country_and_in_itself(place: str, region: str, lies: bool) -> None:
    assert lies_in(place, region) is lies


def test_shaanxi_and_shanxi_are_told_apart_in_every_language() -> None:
    for language in ("en", "zh", "ko"):
        assert name_of("CN-SN", language) != name_of("CN-SX", language)
    assert (name_of("CN-SN"), name_of("CN-SX")) == ("Shaanxi", "Shanxi")


def test_names_are_found_by_short_and_long_language_tags_and_fall_back_to_the_code() -> None:
    assert (name_of("CN-SH", "zh-Hans"), name_of("CN-SH", "ko"), name_of("CN", "ko")) == ("上海", "상하이시", "중국")
    assert name_of("CN-SH", "fr") == "Shanghai"
    assert name_of("FR-75", "en") == "FR-75"


def test_every_country_with_a_name_has_a_zone_that_exists() -> None:
    assert set(ZONES) == set(COUNTRIES)
    for country in ZONES:
        assert ZoneInfo(zone_of(country)).key == zone_of(f"{country}-1")
    assert zone_of("ZZ") == "UTC"


def test_the_country_is_what_stands_before_the_hyphen() -> None:
    assert (country_of("CN-SH"), country_of("CN")) == ("CN", "CN")
