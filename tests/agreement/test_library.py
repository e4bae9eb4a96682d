"""The agreements that ship say what was announced, and keep what held before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from fastchannel.agreement.provisions import (
    Case,
    Gate,
    LaboratoryTest,
    Monitor,
    Otherwise,
    Paper,
    Provisions,
    Stay,
)
from fastchannel.agreement.shipped import shipped
from fastchannel.agreement.text import Varying
from fastchannel.terms.events import KINDS, Role
from tests.agreement.small import measure

KOREA = shipped()["china-korea"]
SINGAPORE = shipped()["china-singapore"]
TO_CHINA = Case(route="kr-cn", purpose="production", companion=None, origin="KR-41", destination="CN-LN", arrival_place="CN-LN")
TO_KOREA = Case(route="cn-kr", purpose="business", companion=None, origin="CN-SH", destination="KR-11", arrival_place="KR-28")
TEN = {f"CN-{code}" for code in ["SH", "TJ", "CQ", "LN", "SD", "JS", "GD", "SN", "SC", "AH"]}
NINE = {f"CN-{code}" for code in ["ZJ", "FJ", "HL", "JL", "HE", "HA", "HB", "HN", "JX"]}


def held(on: str, case: Case = TO_CHINA, version: int = 5) -> Provisions:
    return KOREA[version].provisions(case, date.fromisoformat(on))


def requires(provisions: Provisions, gate: str = "boarding") -> set[str]:
    found = measure(provisions, gate)
    assert isinstance(found, Gate)
    return set(found.requires)


@pytest.mark.parametrize("identifier", ["china-korea", "china-singapore"])
def test_every_shipped_text_loads_without_mistake_or_warning(identifier: str) -> None:
    for text in shipped()[identifier]:
        assert text.warnings == ()
        assert set(text.title) == {"en", "zh", "ko"}


def test_korea_has_five_versions_and_singapore_one() -> None:
    assert [(text.version, str(text.in_force)) for text in KOREA] == [
        (1, "2020-05-01"),
        (2, "2020-05-28"),
        (3, "2020-07-20"),
        (4, "2020-11-11"),
        (5, "2020-12-01"),
    ]
    assert [(text.version, str(text.in_force)) for text in SINGAPORE] == [(1, "2020-06-08")]


@pytest.mark.parametrize(
    ("on", "opened"), [("2020-05-01", TEN), ("2020-05-27", TEN), ("2020-05-28", TEN | NINE), ("2021-01-01", TEN | NINE)]
)
def test_ten_regions_are_open_from_1_may_and_nineteen_from_28_may(on: str, opened: set[str]) -> None:
    assert held(on).reach.open == opened


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5])
def test_neither_beijing_nor_shanxi_is_ever_open(version: int) -> None:
    for day in range(0, 400, 7):
        reach = KOREA[version].provisions(TO_CHINA, date(2020, 5, 1) + timedelta(days=day)).reach
        assert not reach.leads_to("CN-BJ")
        assert not reach.leads_to("CN-SX")


def test_one_goes_on_only_through_shanghai_and_only_to_jiangsu_and_anhui() -> None:
    assert held("2020-05-04").reach.onward == {"CN-SH": {"CN-JS", "CN-AH"}}


@pytest.mark.parametrize(("city", "until"), [("Shenyang", "arrival + 28 d"), ("Dalian", "arrival + 14 d")])
def test_the_closed_loop_is_28_days_in_shenyang_and_14_elsewhere(city: str, until: str) -> None:
    loop = measure(held("2020-05-04", replace(TO_CHINA, city=city)), "closed-loop")
    assert isinstance(loop, Stay)
    assert (str(loop.until), set(loop.allowed)) == (until, {"work", "lodging"})


def test_before_departure_from_korea_fourteen_days_of_monitoring_and_a_test_at_a_designated_hospital() -> None:
    provisions = held("2020-05-04", version=1)
    watching, swab = measure(provisions, "self-monitoring"), measure(provisions, "test-before-departure")
    assert isinstance(watching, Monitor)
    assert isinstance(swab, LaboratoryTest)
    assert (str(watching.start), str(watching.end)) == ("departure - 14 calendar days", "departure")
    assert [str(step) for step in watching.missed] == ["remind 10:00", "remind 14:00", "call day 2", "hold day 3"]
    assert [str(window) for window in swab.sampled] == ["departure - 72 h .. departure"]
    assert swab.laboratories == {"kr-designated-hospital"}
    assert swab.otherwise is Otherwise.REFUSE


def test_arrival_in_china_is_one_to_two_days_of_isolation_ended_by_two_tests() -> None:
    isolation = measure(held("2020-05-04"), "isolation")
    assert isinstance(isolation, Stay)
    assert (str(isolation.least), str(isolation.most)) == ("1 d", "2 d")
    assert set(isolation.ends) == requires(held("2020-05-04"), "release") == {"naat-on-arrival", "antibody-on-arrival"}


def test_on_the_way_to_korea_a_certificate_a_result_within_a_day_and_fourteen_days_of_monitoring() -> None:
    provisions = held("2020-05-04", TO_KOREA, 1)
    waiting, watching = measure(provisions, "waiting"), measure(provisions, "active-monitoring")
    assert isinstance(waiting, Stay)
    assert isinstance(watching, Monitor)
    assert (str(waiting.most), waiting.ends) == ("24 h", ("test-on-arrival",))
    assert (str(watching.end), watching.calls_per_day, watching.follow_up) == ("arrival + 14 d", 1, True)
    assert requires(provisions) == {"exemption-certificate", "test-before-departure"}
    assert provisions.reach.leads_to("KR-11")


@pytest.mark.parametrize(("on", "valid_for", "single"), [("2020-07-19", None, False), ("2020-07-20", "7 d", True)])
def test_from_mid_2020_the_certificate_is_good_for_a_week_and_one_entry_and_the_sponsor_files_plans(
    on: str, valid_for: str | None, single: bool
) -> None:
    provisions = held(on, TO_KOREA)
    paper = measure(provisions, "exemption-certificate")
    assert isinstance(paper, Paper)
    assert (str(paper.valid_for) if paper.valid_for else None, paper.single_use) == (valid_for, single)
    plans = {"prevention-plan", "pledge", "activity-plan"}
    assert (plans <= requires(provisions)) is single
    assert all(isinstance(item, Paper) and item.who is Role.SPONSOR for item in provisions.measures if item.id in plans)


@pytest.mark.parametrize(
    ("on", "required", "either"),
    [
        ("2020-07-19", {"test-before-departure": 1}, ()),
        ("2020-07-20", {"test-before-departure": 1, "test-of-every-arrival": 1}, ()),
        ("2020-11-10", {"test-before-departure": 1, "test-of-every-arrival": 1}, ()),
        ("2020-11-11", {"test-before-departure": 2}, ()),
        ("2020-11-30", {"test-before-departure": 2}, ()),
        ("2020-12-01", {}, (("test-before-departure",), ("naat-within-two-days", "igm-within-two-days", "health-code"))),
        ("2020-12-05", {}, (("test-before-departure",), ("naat-within-two-days", "igm-within-two-days", "health-code"))),
        ("2020-12-06", {"naat-within-two-days": 1, "igm-within-two-days": 1}, ()),
    ],
)
def test_the_tests_before_departure_to_china_change_on_their_days(
    on: str, required: dict[str, int], either: tuple[tuple[str, ...], ...]
) -> None:
    provisions = held(on)
    gate = measure(provisions, "boarding")
    assert isinstance(gate, Gate)
    tests = {
        item.id: item.count for item in provisions.measures if isinstance(item, LaboratoryTest) and item.id in gate.requires
    }
    assert (tests, gate.either) == (required, either)


def test_from_6_december_the_old_test_is_gone_and_the_code_is_required() -> None:
    assert held("2020-12-06").measure("test-before-departure") is None
    assert "health-code" in requires(held("2020-12-06"))


def essence(provisions: Provisions) -> dict[str, object]:
    """What is provided, less which version says so and how its gates list it."""
    measures = {
        item.id: replace(item, requires=tuple(sorted(item.requires))) if isinstance(item, Gate) else item
        for item in provisions.measures
    }
    return {
        "measures": {name: replace(item, source="") for name, item in measures.items()},
        "open": provisions.reach.open,
        "onward": provisions.reach.onward,
        "eligibility": provisions.eligibility,
        "in_force": provisions.in_force,
        "duties": provisions.application.duties,
    }


@pytest.mark.parametrize("case", [TO_CHINA, TO_KOREA, replace(TO_CHINA, city="Shenyang")])
@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_the_newest_text_read_on_an_earlier_date_gives_what_held_then(version: int, case: Case) -> None:
    first = KOREA[version].in_force
    last = KOREA[version + 1].in_force - timedelta(days=1)
    for on in (first, first + (last - first) // 2, last):
        assert essence(KOREA[5].provisions(case, on)) == essence(KOREA[version].provisions(case, on)), on


def test_china_and_singapore_agreed_on_six_provinces_48_hours_and_14_days() -> None:
    text = SINGAPORE.newest
    six = {f"CN-{code}" for code in ("CQ", "GD", "JS", "SH", "TJ", "ZJ")}
    to_china = text.provisions(replace(TO_CHINA, route="sg-cn", purpose="business", origin="SG"), date(2020, 6, 8))
    to_singapore = text.provisions(replace(TO_KOREA, route="cn-sg", destination="SG", arrival_place="SG"), date(2020, 6, 8))
    assert to_china.reach.open == to_singapore.reach.origins == six
    assert not to_singapore.reach.comes_from("CN-BJ")
    for provisions in (to_china, to_singapore):
        swab, loop = measure(provisions, "test-before-departure"), measure(provisions, "controlled-itinerary")
        assert isinstance(swab, LaboratoryTest)
        assert isinstance(loop, Stay)
        assert str(swab.sampled[0]) == "departure - 48 h .. departure"
        assert (str(loop.until), loop.transport) == ("arrival + 14 d", "no public transport")
    assert to_china.measure("serology-on-arrival") is not None
    assert to_singapore.measure("serology-on-arrival") is None


@pytest.mark.parametrize("identifier", ["china-korea", "china-singapore"])
def test_every_figure_has_a_clause_a_date_and_a_source(identifier: str) -> None:
    for text in shipped()[identifier]:
        assert text.text.agreement.source
        for route in text.text.route.values():
            for item in route.measure:
                assert item.clause
                for name in type(item).__dataclass_fields__:
                    value = getattr(item, name)
                    if isinstance(value, Varying) and len(value.values) > 1:
                        assert all(dated.since and dated.clause and dated.source for dated in value.values[1:]), item.id


def test_both_sides_see_each_kind_of_event_of_a_journey() -> None:
    local = {"reminded", "allotted", "breached"}  # matters of one side
    for kind in KINDS:
        seen = [bool(KOREA.newest.visible(kind, party)) for party in ("CN", "KR")]
        assert seen == [kind not in local] * 2, kind
