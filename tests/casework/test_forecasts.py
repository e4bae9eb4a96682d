"""A proposal is read from a text, put into it, and held against it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.shipped import shipped
from fastchannel.casework.forecasts import Held, Outlook, hold, people_of, usual_profile
from fastchannel.casework.proposals import Proposal, amendments_of, changed, proposal_of
from fastchannel.forecast.design.amendments import AmendmentError
from fastchannel.forecast.figures import Name
from fastchannel.forecast.forecast import Settings, forecast
from fastchannel.terms.events import Assay

EVERY_ROUTE = [(text, route) for versions in shipped().values() for text in versions for route in text.routes]
NEWEST = shipped()["china-korea"].newest
TEXT = people_of(NEWEST, "kr-cn")[0]
OWN = proposal_of(TEXT.provisions)

tests_or_none = st.none() | st.sampled_from([Assay.NAAT, Assay.ANTIGEN, Assay.ANTIBODY])
proposals = st.builds(
    Proposal,
    first_test=tests_or_none,
    first_test_hours=st.integers(12, 168),
    arrival_tests=st.sampled_from([(), (Assay.NAAT,), (Assay.ANTIGEN,), (Assay.NAAT, Assay.ANTIBODY)]),
    isolation_days=st.integers(0, 21),
    further_test=tests_or_none,
    further_test_day=st.integers(1, 21),
    closed_loop_until_day=st.integers(0, 28),
)


def outlook(**changes: float) -> Outlook:
    """An incidence of 0.2 per 100,000 and day."""
    usual = Outlook(
        profile=usual_profile(NEWEST), per_day=2e-6, growth_per_day=0.0, immune=0.0, travellers_per_day=100.0, days=30
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def imports(held: Held) -> float:
    return held.proposed.figures[Name.IMPORTS, ""]


@pytest.mark.parametrize(("text", "route"), EVERY_ROUTE)
def test_a_texts_own_proposal_changes_nothing(text: Agreement, route: str) -> None:
    for people in people_of(text, route):
        own = proposal_of(people.provisions)
        assert changed(people.provisions, own) is people.provisions
        assert amendments_of(people.provisions, own) == ()


@given(proposals)
def test_what_is_put_into_a_text_is_read_from_it_again(proposal: Proposal) -> None:
    read = proposal_of(changed(TEXT.provisions, proposal))
    same = replace(
        read,
        first_test_hours=proposal.first_test_hours if proposal.first_test is None else read.first_test_hours,
        further_test_day=proposal.further_test_day if proposal.further_test is None else read.further_test_day,
        arrival_tests=tuple(sorted(read.arrival_tests)),
    )
    # Another departure test of the text stays, and is the first where the proposed one is later.
    if proposal.first_test is not None and proposal.first_test_hours < OWN.first_test_hours:
        same = replace(same, first_test=proposal.first_test, first_test_hours=proposal.first_test_hours)
    assert same == replace(proposal, arrival_tests=tuple(sorted(proposal.arrival_tests)))


def test_a_text_without_a_closed_loop_has_no_measure_to_amend_for_one() -> None:
    people = people_of(NEWEST, "cn-kr")[0]
    with pytest.raises(AmendmentError):
        amendments_of(people.provisions, replace(proposal_of(people.provisions), closed_loop_until_day=14))


def test_travellers_to_a_city_with_its_own_rule_are_a_group_of_their_own() -> None:
    assert [people.places for people in people_of(NEWEST, "kr-cn")] == [(), ("CN-LN Shenyang",)]
    assert [proposal_of(p.provisions).closed_loop_until_day for p in people_of(NEWEST, "kr-cn")] == [14, 28]


def test_the_figures_are_those_of_the_forecast_of_the_text() -> None:
    held = hold(TEXT, OWN, outlook(growth_per_day=0.03, immune=0.2))
    found = forecast(
        NEWEST,
        usual_profile(NEWEST),
        outlook(growth_per_day=0.03, immune=0.2).situation,
        settings=Settings(draws=0),
    ).of("kr-cn")
    for name in (Name.IMPORTS, Name.NO_IMPORT, Name.OUTBREAK, Name.DAYS_LOST, Name.TESTS, Name.AVERTED_SHARE):
        assert held.proposed.figures[name, ""] == pytest.approx(found.figure(name).value, rel=1e-9), name
    assert held.proposed.figures == held.text.figures if held.text else False


@settings(max_examples=10, deadline=None)
@given(st.integers(2, 20))
def test_longer_isolation_never_lets_more_through(days: int) -> None:
    shorter = hold(TEXT, replace(OWN, isolation_days=days), outlook())
    longer = hold(TEXT, replace(OWN, isolation_days=days + 1), outlook())
    assert imports(longer) <= imports(shorter)
    assert longer.proposed.reading.held_days > shorter.proposed.reading.held_days


def test_imports_are_in_proportion_to_incidence() -> None:
    assert imports(hold(TEXT, OWN, outlook(per_day=2e-4))) == pytest.approx(100.0 * imports(hold(TEXT, OWN, outlook())))


def test_where_nobody_is_infected_every_figure_is_nought() -> None:
    held = hold(TEXT, OWN, outlook(per_day=0.0))
    assert imports(held) == 0.0
    assert held.proposed.figures[Name.NO_IMPORT, ""] == 1.0
    assert {point.imports_per_million for point in (*held.plain, *held.further)} == {0.0}


def test_the_choice_lies_on_the_curve_that_it_belongs_to() -> None:
    held = hold(TEXT, replace(OWN, isolation_days=8, further_test=Assay.NAAT), outlook())
    points = {(point.days_lost, point.imports_per_million) for point in held.further}
    assert (held.proposed.reading.held_days, imports(held)) in points
