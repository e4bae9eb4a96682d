"""What holds for a case on a date: dated values, exceptions, scope, clauses."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from fastchannel.agreement.agreement import RouteError
from fastchannel.agreement.load import load
from fastchannel.agreement.provisions import (
    Case,
    Gate,
    LaboratoryTest,
    Otherwise,
    Paper,
    Stay,
)
from tests.agreement.small import CASE, SMALL, changed, measure, provided

FIRST = date(2020, 5, 1)
SWAB = 'sampled = "departure - 72 h .. departure"'
DATED = changed(
    SWAB,
    """sampled = [
  { since = 2020-05-01, until = 2020-11-30, is = "departure - 72 h .. departure" },
  { since = 2020-12-01, until = 2020-12-05, clause = "5a", is = "EITHER" },
  { since = 2020-12-06, is = "departure - 2 d .. departure", clause = "5b", source = "notice" },
]""",
).replace("EITHER", "departure - 72 h .. departure or departure - 2 d .. departure")


@pytest.mark.parametrize(
    ("on", "windows", "clause"),
    [
        (date(2020, 5, 1), ("departure - 72 h .. departure",), "5"),
        (date(2020, 11, 30), ("departure - 72 h .. departure",), "5"),
        (date(2020, 12, 1), ("departure - 72 h .. departure", "departure - 2 d .. departure"), "5a"),
        (date(2020, 12, 5), ("departure - 72 h .. departure", "departure - 2 d .. departure"), "5a"),
        (date(2020, 12, 6), ("departure - 2 d .. departure",), "5b"),
        (date(2030, 1, 1), ("departure - 2 d .. departure",), "5b"),
    ],
)
def test_a_dated_value_holds_from_its_first_date_to_its_last_and_brings_its_clause(
    on: date, windows: tuple[str, ...], clause: str
) -> None:
    swab = measure(provided(DATED, on), "swab")
    assert isinstance(swab, LaboratoryTest)
    assert tuple(str(window) for window in swab.sampled) == windows
    assert swab.clause == clause


def test_a_source_is_the_values_own_else_the_agreements() -> None:
    assert measure(provided(DATED, date(2020, 12, 6)), "swab").source == "notice"
    assert measure(provided(DATED, FIRST), "swab").source == "made for tests"


@pytest.mark.parametrize(
    ("city", "destination", "until", "clause"),
    [
        ("Shenyang", "CN-LN", "arrival + 28 d", "10(1)"),
        ("Dalian", "CN-LN", "arrival + 14 d", "10"),
        (None, "CN-LN", "arrival + 14 d", "10"),
    ],
)
def test_an_exception_holds_for_those_it_names_and_brings_its_clause(
    city: str | None, destination: str, until: str, clause: str
) -> None:
    case = Case(
        route="kr-cn",
        purpose="business",
        companion=None,
        origin="KR-11",
        destination=destination,
        arrival_place="CN-LN",
        city=city,
    )
    loop = measure(provided(SMALL, FIRST, case), "loop")
    assert isinstance(loop, Stay)
    assert (str(loop.until), loop.clause) == (until, clause)


@pytest.mark.parametrize(
    ("where", "fits"),
    [
        ('region = "CN-LN"', True),
        ('region = "CN"', True),
        ('region = "CN-SH"', False),
        ('region = ["CN-SH", "CN-LN"]', True),
        ('origin = "KR"', True),
        ('origin = "KR-26"', False),
        ('arrival = "CN-SH"', True),
        ('purpose = "logistics"', False),
        ('purpose = "business", region = "CN-LN"', True),
        ('purpose = "business", region = "CN-SH"', False),
        ('companion = "none"', True),
        ('companion = "family"', False),
    ],
)
def test_a_condition_fits_when_every_key_does(where: str, fits: bool) -> None:
    text = changed('where = { city = "Shenyang" }', f"where = {{ {where} }}")
    case = Case(route="kr-cn", purpose="business", companion=None, origin="KR-11", destination="CN-LN", arrival_place="CN-SH")
    loop = measure(provided(text, FIRST, case), "loop")
    assert (loop.clause == "10(1)") is fits


@pytest.mark.parametrize(("on", "clause"), [("05-31", "10"), ("06-01", "10(1)"), ("06-30", "10(1)"), ("07-01", "10")])
def test_an_exception_holds_on_its_dates(on: str, clause: str) -> None:
    text = changed('clause = "10(1)"', 'clause = "10(1)"\nholds_from = 2020-06-01\nholds_until = 2020-06-30')
    case = Case(
        route="kr-cn",
        purpose="business",
        companion=None,
        origin="KR-11",
        destination="CN-LN",
        arrival_place="CN-LN",
        city="Shenyang",
    )
    assert measure(provided(text, date.fromisoformat(f"2020-{on}"), case), "loop").clause == clause


def test_a_measure_is_asked_on_its_dates_and_of_its_travellers_only_and_gates_ask_no_more() -> None:
    text = changed('id = "letter"', 'id = "letter"\nholds_from = 2020-06-01\nfor = { purpose = "business" }')
    other = Case(route="kr-cn", purpose="logistics", companion=None, origin="KR-11", destination="CN-LN", arrival_place="CN-LN")
    for provisions, asked in (
        (provided(text, date(2020, 5, 31)), False),
        (provided(text, date(2020, 6, 1)), True),
        (provided(text, date(2020, 6, 1), other), False),
    ):
        gate = measure(provisions, "boarding")
        assert isinstance(gate, Gate)
        assert ("letter" in gate.requires) is asked
        assert (provisions.measure("letter") is not None) is asked


def test_a_waived_measure_is_not_asked() -> None:
    text = changed(
        '[[route.kr-cn.measure]]\nid = "boarding"',
        '[[route.kr-cn.measure.except]]\nwhere = { companion = "family" }\nwaived = true\nclause = "6(1)"\n'
        '[[route.kr-cn.measure]]\nid = "boarding"',
    )
    family = Case(
        route="kr-cn", purpose="business", companion="family", origin="KR", destination="CN-LN", arrival_place="CN-LN"
    )
    assert provided(text, FIRST).measure("letter") is not None
    assert provided(text, FIRST, family).measure("letter") is None


def test_of_several_ways_through_a_gate_those_remain_whose_measures_are_all_asked() -> None:
    text = changed('requires = ["watching", "swab", "letter"]', 'requires = "watching"\neither = [["swab"], ["letter"]]')
    text = changed('id = "letter"', 'id = "letter"\nholds_from = 2020-12-01', text)
    text = changed('id = "swab"', 'id = "swab"\nholds_until = 2020-12-05', text)
    for on, requires, either in (
        (date(2020, 11, 30), ("watching", "swab"), ()),
        (date(2020, 12, 1), ("watching",), (("swab",), ("letter",))),
        (date(2020, 12, 5), ("watching",), (("swab",), ("letter",))),
        (date(2020, 12, 6), ("watching", "letter"), ()),
    ):
        gate = measure(provided(text, on), "boarding")
        assert isinstance(gate, Gate)
        assert (gate.requires, gate.either) == (requires, either)


def test_a_measure_waived_for_some_leaves_the_rest_of_its_way_through_a_gate() -> None:
    waived = '[[route.kr-cn.measure.except]]\nwhere = { companion = "family" }\nwaived = true\nclause = "6(1)"\n'
    gate = '[[route.kr-cn.measure]]\nid = "boarding"'
    text = changed('requires = ["watching", "swab", "letter"]', 'requires = "watching"\neither = [["swab", "letter"]]')
    text = changed(gate, waived + gate, text)
    for case, expected in ((CASE, ("watching", "swab", "letter")), (replace(CASE, companion="family"), ("watching", "swab"))):
        found = measure(provided(text, FIRST, case), "boarding")
        assert isinstance(found, Gate)
        assert (found.requires, found.either) == (expected, ())


def test_designated_means_designated_by_the_party_where_the_sample_is_taken() -> None:
    text = changed('sampled = "arrival .. arrival + 1 d"', 'sampled = "arrival .. arrival + 1 d"\nlaboratory = "designated"')
    before, after = measure(provided(text, FIRST), "swab"), measure(provided(text, FIRST), "second-swab")
    assert isinstance(before, LaboratoryTest)
    assert isinstance(after, LaboratoryTest)
    assert before.laboratories == {"kr-hospital"}
    assert after.laboratories == {"cn-laboratory"}


def test_what_is_due_before_departure_refuses_and_the_rest_holds_unless_the_text_says_otherwise() -> None:
    provisions = provided(changed('id = "loop"', 'id = "loop"\notherwise = "refuse"'), FIRST)
    assert {item.id: item.otherwise for item in provisions.measures} == {
        "watching": Otherwise.HOLD,
        "swab": Otherwise.REFUSE,
        "letter": Otherwise.REFUSE,
        "boarding": Otherwise.REFUSE,
        "second-swab": Otherwise.HOLD,
        "isolation": Otherwise.HOLD,
        "loop": Otherwise.REFUSE,
    }


def test_issuers_by_role_are_all_agencies_of_that_role() -> None:
    letter = measure(provided(changed('issued_by = "cn-office"', 'issued_by = "mission"'), FIRST), "letter")
    assert isinstance(letter, Paper)
    assert letter.issuers == {"cn-office"}
    assert letter.issuer_role == "mission"


@pytest.mark.parametrize(
    ("on", "opened"), [("2020-05-01", {"CN-SH", "CN-LN", "CN-JS"}), ("2020-05-28", {"CN-SH", "CN-LN", "CN-JS", "CN-ZJ"})]
)
def test_regions_add_up(on: str, opened: set[str]) -> None:
    text = changed(
        "[[route.kr-cn.point_of_entry]]",
        '[[route.kr-cn.region]]\nsince = 2020-05-28\nplaces = "CN-ZJ"\nclause = "2(3)"\n[[route.kr-cn.point_of_entry]]',
    )
    reach = provided(text, date.fromisoformat(on)).reach
    assert reach.open == opened
    assert reach.clause == ("2(1)" if len(opened) == 3 else "2(1), 2(3)")


def test_reach_speaks_of_places_inside_regions_too() -> None:
    reach = provided(changed('"CN-LN", "CN-JS"]', '"CN-LN", "CN-JS"]'), FIRST).reach
    assert reach.leads_to("CN-SH")
    assert not reach.leads_to("CN-BJ")
    assert reach.onward_from("CN-SH", "CN-JS")
    assert not reach.onward_from("CN-LN", "CN-JS")
    assert reach.comes_from("KR-11")


def test_regions_of_origin_bound_where_travellers_come_from() -> None:
    text = changed(
        "[route.kr-cn.application]",
        '[[route.kr-cn.origin]]\nsince = 2020-06-01\nplaces = "KR-26"\nclause = "2(9)"\n[route.kr-cn.application]',
    )
    later, before = provided(text, date(2020, 6, 1)).reach, provided(text, FIRST).reach
    assert (later.comes_from("KR-26"), later.comes_from("KR-11"), later.origins_clause) == (True, False, "2(9)")
    assert not before.comes_from("KR-26")


@pytest.mark.parametrize(
    ("on", "in_force"), [("2020-04-30", False), ("2020-05-01", True), ("2020-12-31", True), ("2021-01-01", False)]
)
def test_the_agreement_holds_from_its_first_date_to_its_last(on: str, in_force: bool) -> None:
    text = changed("in_force = 2020-05-01", "in_force = 2020-05-01\nuntil = 2020-12-31")
    assert provided(text, date.fromisoformat(on)).in_force is in_force


def test_provisions_are_a_function_of_the_text_the_case_and_the_date() -> None:
    one, other = load(SMALL), load(SMALL)
    for days in range(0, 400, 50):
        on = FIRST + timedelta(days=days)
        assert one.provisions(CASE, on) == other.provisions(CASE, on)
        assert one.provisions(CASE, on) is one.provisions(CASE, on)


def test_cases_that_fit_the_same_conditions_share_what_holds_for_them() -> None:
    text = load(SMALL)
    elsewhere = replace(CASE, origin="KR-26", destination="CN-SH", purpose="logistics", city="Dalian")
    assert text.provisions(CASE, FIRST) is text.provisions(elsewhere, FIRST)
    assert text.provisions(CASE, FIRST) is not text.provisions(replace(CASE, city="Shenyang"), FIRST)


def test_an_agreement_survives_being_sent_to_another_process() -> None:
    one = load(SMALL)
    one.provisions(CASE, FIRST)
    again = pickle.loads(pickle.dumps(one))
    assert again == one
    assert again.provisions(CASE, FIRST) == one.provisions(CASE, FIRST)


def test_a_route_that_is_not_there_is_our_error() -> None:
    with pytest.raises(RouteError, match="kr-cn"):
        load(SMALL).provisions(Case(route="x", purpose="", companion=None, origin="", destination="", arrival_place=""), FIRST)


def test_zones_are_the_regions_own_else_the_partys_else_the_countrys_else_utc() -> None:
    text = load(changed('zone = "Asia/Shanghai"', 'zone = "Asia/Shanghai"\nzones = { "CN-XJ" = "Asia/Urumqi" }'))
    found = {place: text.zone(place) for place in ("CN-XJ", "CN-SH", "KR", "KR-11", "SG", "ZZ-1")}
    assert found == {
        "CN-XJ": ZoneInfo("Asia/Urumqi"),
        "CN-SH": ZoneInfo("Asia/Shanghai"),
        "KR": ZoneInfo("Asia/Seoul"),
        "KR-11": ZoneInfo("Asia/Seoul"),
        "SG": ZoneInfo("Asia/Singapore"),
        "ZZ-1": ZoneInfo("UTC"),
    }


def test_a_party_sees_the_fields_the_text_names_and_nothing_of_other_events() -> None:
    text = load(SMALL)
    assert "flight" in text.visible("boarded", "CN")
    assert "place" not in text.visible("boarded", "CN")
    assert text.visible("boarded", "KR") == text.visible("resulted", "CN") == frozenset()


def test_agencies_are_found_by_role_and_party() -> None:
    text = load(SMALL)
    assert [agency.id for agency in text.agencies("mission")] == ["cn-office"]
    assert text.laboratories() == {"cn-laboratory", "kr-hospital"}
    assert text.laboratories("KR") == {"kr-hospital"}


@pytest.mark.parametrize(
    ("rule", "complete"),
    [
        ('"complete"', "departure"),
        ('"stop"', None),
        ('{ complete = "arrival" }', "arrival"),
        ('{ complete = "departure - 1 d" }', "departure - 1 d"),
    ],
)
def test_a_suspension_says_who_completes(rule: str, complete: str | None) -> None:
    found = provided(changed('under_way = "complete"', f"under_way = {rule}"), FIRST).suspensions["many"]
    assert (str(found.complete) if found.complete else None) == complete
