"""Amended agreements: what is written is what was meant, and what held before still does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import tomlkit

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.difference import diff
from fastchannel.agreement.load import load
from fastchannel.agreement.resolve import resolve
from fastchannel.agreement.shipped import shipped
from fastchannel.forecast.cases import cases_of
from fastchannel.forecast.design.amend import amend, amend_as_designed
from fastchannel.forecast.design.amendments import (
    Amendment,
    AmendmentError,
    Drop,
    FurtherTest,
    LeastDays,
    Places,
    Retest,
    UntilDay,
    amended_text,
    day_window,
    hours_before_departure,
)
from fastchannel.forecast.design.design import design
from fastchannel.forecast.design.space import DesignSpace, IsolationChoices, RouteSpace, default_space, most_common_case
from fastchannel.forecast.infection.pathogens import shipped_profile
from fastchannel.forecast.measures import read_measures
from fastchannel.forecast.practice import default_practice
from fastchannel.forecast.situation import Incidence, Situation
from fastchannel.terms.events import Assay

TEXTS = [agreement for versions in shipped().values() for agreement in versions]
DAY = date(2021, 3, 1)
CHANGES = {"en": "Changed.", "zh": "已修改。", "ko": "변경되었다."}


def _edits(agreement: Agreement, route: str) -> tuple[Amendment, ...]:
    """One of every kind that the route has a place for."""
    ids = {measure.id for measure in agreement.routes[route].text.measure}
    stay = next(iter(ids & {"isolation", "waiting"}))
    test = next(iter(ids & {"naat-on-arrival", "test-on-arrival"}))
    loops = ids & {"closed-loop", "controlled-itinerary", "active-monitoring"}
    return (
        Retest(measure="test-before-departure", assay=Assay.ANTIGEN, sampled=hours_before_departure(24)),
        FurtherTest(id="naat-on-day-3", like=test, assay=Assay.NAAT, day=3, stay=stay),
        FurtherTest(id="antigen-on-day-8", like=test, assay=Assay.ANTIGEN, day=8),
        LeastDays(measure=stay, days=5),
        *(UntilDay(measure=loop, days=21) for loop in loops),
        *(Drop(measure=name) for name in sorted(ids & {"antibody-on-arrival", "serology-on-arrival"})),
    )


def _amended(agreement: Agreement, in_force: date = DAY) -> Agreement:
    edits = {route: _edits(agreement, route) for route in agreement.routes}
    return amend(agreement, edits, in_force=in_force, changes=CHANGES)


@pytest.mark.parametrize("agreement", TEXTS, ids=lambda one: f"{one.id}@{one.version}")
def test_a_shipped_text_that_is_read_and_written_again_is_the_same(agreement: Agreement) -> None:
    assert tomlkit.dumps(tomlkit.parse(agreement.written)) == agreement.written


@pytest.mark.parametrize("agreement", TEXTS, ids=lambda one: f"{one.id}@{one.version}")
def test_the_written_amendment_provides_what_the_candidate_did(agreement: Agreement) -> None:
    written = _amended(agreement)
    pathogen, practice = shipped_profile("sars-cov-2-delta").at(), default_practice().at()
    for route in agreement.routes:
        meant = amended_text(agreement.text, route, _edits(agreement, route), DAY)
        for case in cases_of(agreement, route, DAY)[::7]:
            found, expected = written.provisions(case, DAY), resolve(meant, agreement.digest, case, DAY)
            assert found.measures == expected.measures
            assert read_measures(found, case, pathogen, practice) == read_measures(expected, case, pathogen, practice)


@pytest.mark.parametrize("agreement", TEXTS, ids=lambda one: f"{one.id}@{one.version}")
def test_what_held_before_the_amendment_still_does(agreement: Agreement) -> None:
    written = _amended(agreement)
    for route in agreement.routes:
        for day in (agreement.in_force, DAY - timedelta(days=1)):
            case = most_common_case(agreement, route, day)
            assert written.provisions(case, day).measures == agreement.provisions(case, day).measures


def test_an_amendment_keeps_the_comments_and_every_line_it_does_not_change() -> None:
    agreement = shipped()["china-korea"].newest
    written = amend(agreement, {"kr-cn": (LeastDays(measure="isolation", days=4),)}, in_force=DAY, changes=CHANGES).written
    gone = set(agreement.written.splitlines()) - set(written.splitlines())
    assert all(line.startswith(("version", "in_force", "en =", "zh =", "ko =", "least", "most")) for line in gone)
    assert sum(line.startswith("#") for line in written.splitlines()) == sum(
        line.startswith("#") for line in agreement.written.splitlines()
    )


def test_an_amendment_is_the_next_version_and_says_what_it_changes() -> None:
    for agreement in (versions.newest for versions in shipped().values()):
        written = _amended(agreement)
        heading = written.text.agreement
        assert (written.version, written.in_force) == (agreement.version + 1, DAY)
        assert heading.first_in_force == (agreement.text.agreement.first_in_force or agreement.in_force)
        assert heading.changes == CHANGES
        assert written.warnings == agreement.warnings


def test_the_difference_between_the_versions_names_the_new_test_and_the_longer_stay() -> None:
    agreement = shipped()["china-singapore"].newest
    edits = (
        LeastDays(measure="isolation", days=4),
        FurtherTest(id="naat-on-day-3", like="test-on-arrival", assay=Assay.NAAT, day=3, stay="isolation"),
    )
    written = amend(agreement, {"cn-sg": edits}, in_force=DAY, changes=CHANGES)
    said = [str(change) for change in diff(agreement, written)]
    assert any("Nucleic acid test 3 days after arrival”: this is new" in line for line in said)
    assert any("how long it lasts at least: now “4 days”" in line for line in said)
    assert not any("From Singapore to China" in line for line in said)


def test_an_amendment_to_an_amendment_is_in_order() -> None:
    once = _amended(shipped()["china-korea"].newest)
    twice = amend(once, {"kr-cn": (LeastDays(measure="isolation", days=2),)}, in_force=date(2021, 9, 1), changes=CHANGES)
    case = most_common_case(twice, "kr-cn", date(2021, 9, 1))
    lengths = []
    for day in (date(2020, 12, 10), DAY, date(2021, 9, 1)):
        stay = next(measure for measure in twice.provisions(case, day).measures if measure.id == "isolation")
        lengths.append(str(getattr(stay, "least", "")))
    assert lengths == ["1 d", "5 d", "2 d"]


def test_places_are_written_to_the_quota() -> None:
    agreement = shipped()["china-singapore"].newest
    quota = '[[route.cn-sg.measure]]\nid = "places"\nkind = "quota"\nclause = "2(4)"\npeople = 300\nper = "day"\n\n'
    text = agreement.written.replace("[route.cn-sg.positive]", f"{quota}[route.cn-sg.positive]")
    written = amend(load(text), {"cn-sg": (Places(measure="places", people=120),)}, in_force=DAY, changes=CHANGES)
    reading = read_measures(
        written.provisions(most_common_case(written, "cn-sg", DAY), DAY),
        most_common_case(written, "cn-sg", DAY),
        shipped_profile("sars-cov-2-delta").at(),
        default_practice().at(),
    )
    assert reading.places_per_day == 120.0


def test_a_design_is_written_with_its_numbers_in_three_languages() -> None:
    agreement, profile = shipped()["china-singapore"].newest, shipped_profile("sars-cov-2-delta")
    space = default_space(agreement, frozenset({Assay.NAAT}), on=DAY, route="cn-sg")
    route = RouteSpace(
        route="cn-sg", case=space.routes[0].case, isolation=(IsolationChoices(measure="isolation", least_days=(0, 7, 14)),)
    )
    designed = design(
        agreement,
        profile,
        Situation(incidence={"": Incidence(per_day=1e-5)}),
        DesignSpace(routes=(route,)),
        budget_per_million=25.0,
        draws=3,
        on=DAY,
    )
    written = amend_as_designed(designed, in_force=DAY)
    changes = written.text.agreement.changes
    assert set(changes) == {"en", "zh", "ko"}
    assert f"{designed.routes[0].chosen.days_lost:.1f} days lost" in changes["en"]
    found = written.provisions(route.case, DAY)
    assert found.measures == designed.routes[0].setting.candidate(designed.routes[0].chosen.amendments).provisions.measures


def test_an_amendment_that_would_hold_for_the_past_is_refused() -> None:
    agreement = shipped()["china-korea"].newest
    with pytest.raises(AmendmentError, match=f"expected a day after {agreement.in_force}"):
        amend(agreement, {}, in_force=agreement.in_force, changes=CHANGES)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (LeastDays(measure="nothing", days=2), 'no measure "nothing"'),
        (LeastDays(measure="release", days=2), "is a gate; expected a stay"),
        (Retest(measure="isolation", assay=Assay.NAAT, sampled=day_window(1)), "is a stay; expected a test"),
        (FurtherTest(id="isolation", like="naat-on-arrival", assay=Assay.NAAT, day=2), 'a measure "isolation" already'),
        (UntilDay(measure="visa", days=3), "does not end on a day"),
    ],
)
def test_an_edit_with_no_place_in_the_text_says_why(edit: Amendment, words: str) -> None:
    with pytest.raises(AmendmentError, match=words):
        amend(shipped()["china-korea"].newest, {"kr-cn": (edit,)}, in_force=DAY, changes=CHANGES)
