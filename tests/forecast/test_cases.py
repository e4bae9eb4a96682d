"""Travellers whom an agreement treats alike."""

from __future__ import annotations

from datetime import date

import pytest

from fastchannel.agreement.agreement import Agreement
from fastchannel.forecast.cases import Group, cases_of, groups
from fastchannel.forecast.measures import read_measures
from tests.forecast.readings import ON, covid, practice, versions, written

TEST = 'id = "swab"\nkind = "test"\ntest = "naat"\nsampled = "departure - 72 h .. departure"'
LOOP = 'id = "loop"\nkind = "stay"\nplace = "closed loop"\nfrom = "release"\nuntil = "arrival + 14 d"'


def grouped(agreement: Agreement, on: date = ON) -> list[Group]:
    return groups(agreement, on, lambda case: read_measures(agreement.provisions(case, on), case, covid(), practice()))


def longer(where: str) -> str:
    return LOOP + f'\n[[route.kr-cn.measure.except]]\nwhere = {{ {where} }}\nuntil = "arrival + 28 d"\nclause = "9"'


def test_every_open_region_and_every_purpose_and_every_named_city_is_a_case() -> None:
    cases = cases_of(versions("china-korea")[1], "kr-cn", date(2020, 5, 1))
    assert len(cases) == (10 + 1) * 4
    assert {(case.destination, case.city) for case in cases if case.city} == {("CN-LN", "Shenyang")}
    assert {case.origin for case in cases} == {"KR"}


def test_a_region_counts_from_the_day_that_opens_it() -> None:
    text = versions("china-korea")[2]
    before, after = (cases_of(text, "kr-cn", on) for on in (date(2020, 5, 27), date(2020, 5, 28)))
    assert len({case.destination for case in before}) == 10
    assert len({case.destination for case in after}) == 19


def test_travellers_alike_are_one_group_without_names() -> None:
    (group,) = grouped(written(TEST, LOOP))
    assert (group.id, group.places, group.purposes) == ("kr-cn", (), ())


def test_shenyang_is_a_group_of_its_own_after_the_rest() -> None:
    rest, shenyang, back = grouped(versions("china-korea")[1], date(2020, 5, 1))
    assert (shenyang.id, shenyang.places, shenyang.purposes) == ("kr-cn (CN-LN Shenyang)", ("CN-LN Shenyang",), ())
    assert rest.id == "kr-cn (CN-AH, CN-CQ, CN-GD, …)"
    assert "CN-LN" in rest.places
    assert back.id == "cn-kr"


def test_a_rule_for_a_region_sets_its_cases_apart() -> None:
    rest, liaoning = grouped(written(TEST, longer('region = "CN-LN"')))
    assert (rest.places, liaoning.places) == (("CN-JS", "CN-SH"), ("CN-LN",))
    assert liaoning.reading.closed_loop_days == pytest.approx(28.0)


def test_a_rule_for_a_purpose_sets_its_cases_apart() -> None:
    found = grouped(written(TEST, longer('purpose = "logistics"')))
    assert [(group.places, group.purposes) for group in found] == [((), ("business",)), ((), ("logistics",))]


def test_no_two_groups_of_a_shipped_text_have_one_name() -> None:
    for text in versions("china-korea").values():
        names = [group.id for group in grouped(text, text.in_force)]
        assert len(set(names)) == len(names)
