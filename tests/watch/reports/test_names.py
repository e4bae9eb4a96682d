"""Names of places as codes."""

import pytest

from fastchannel.terms.places import is_known, subdivisions
from fastchannel.watch.reports import names
from fastchannel.watch.reports.names import (
    Located,
    chinese_code,
    country_name,
    iso_alpha_3,
    iso_place,
    korean_region,
    region_name,
)


def test_every_region_that_a_table_names_exists_and_none_is_missing() -> None:
    korean = {korean_region(name) for name in names._KOREAN}
    assert korean == {(code, "") for code in subdivisions("KR")}
    chinese = {code for code in names._CHINESE.values() if code.startswith("CN-")}
    assert chinese | {"CN-HK", "CN-MO"} >= set(subdivisions("CN"))
    assert all(is_known(code) for code in chinese)
    assert all(iso_place(code) is not None for code in names._OTHER_NAMES.values())


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (country_name("Korea, South"), ("KR", "")),
        (country_name("Cote d'Ivoire"), ("CI", "")),
        (country_name("Côte d'Ivoire"), ("CI", "")),
        (country_name("Viet Nam"), ("VN", "")),
        (country_name("Bosnia and Herzegovina"), ("BA", "")),
        (country_name("korea"), None),
        (country_name(""), None),
        (iso_alpha_3("KOR"), ("KR", "")),
        (iso_alpha_3("RKS"), ("XK", "")),
        (iso_alpha_3("ANT"), None),
        (iso_alpha_3("kor"), None),
        (iso_alpha_3("OWID_WRL"), None),
        (iso_place("KR-11"), ("KR-11", "")),
        (iso_place("KR-99"), None),
        (iso_place("EU"), None),
        (iso_place("ZZ"), None),
        (region_name("Hubei", "China"), ("CN-HB", "")),
        (region_name("Macau", "China"), ("MO", "")),
        (region_name("Georgia", "US"), None),
        (region_name("", "Georgia"), ("GE", "")),
        (chinese_code("420000"), ("CN-HB", "")),
        (chinese_code("420100"), None),
        (chinese_code("990000"), None),
        (korean_region("검역"), ("KR", "point_of_entry")),
        (korean_region("서울특별시"), None),
    ],
)
def test_a_name_is_its_code_or_nothing(found: Located | None, expected: Located | None) -> None:
    assert found == expected
