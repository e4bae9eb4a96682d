"""What certificates would meet, told before they are recorded, is what `decide` says once they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.provisions import Case, LaboratoryTest, Paper, Provisions
from fastchannel.agreement.shipped import shipped
from fastchannel.casework.certificates import MOST, Presented, present
from fastchannel.casework.foresight import Foreseen, Foresight, data_of, foresee
from fastchannel.casework.office import Receipt
from fastchannel.certificates.rules.judge import Outcome, judge
from fastchannel.certificates.rules.measures import CompiledRule, compile_measure
from fastchannel.decide.journey import fold
from fastchannel.decide.looking import Looking
from fastchannel.decide.readings import READINGS
from fastchannel.decide.standing import Status
from fastchannel.terms import events as ev
from fastchannel.terms.events import Assay, Event, Finding
from fastchannel.terms.moments import Anchor
from tests.casework import cases
from tests.casework.cases import MemoryOffice, memory_office
from tests.casework.test_certificates import LABORATORY, NOW, TAKEN, applied, assay, certificate, dose

HOUR = timedelta(hours=1)
LEAVES = datetime(2020, 6, 10, 3, 0, tzinfo=UTC)
MOMENTS = {
    Anchor.APPLICATION: LEAVES - 300 * HOUR, Anchor.APPROVAL: LEAVES - 250 * HOUR, Anchor.DEPARTURE: LEAVES,
    Anchor.BOARDING: LEAVES, Anchor.ARRIVAL: LEAVES + 3 * HOUR,
}  # fmt: skip
LATER = LEAVES + 600 * HOUR


@pytest.fixture
def office() -> MemoryOffice:
    return memory_office()


@pytest.fixture
def journey(office: MemoryOffice) -> str:
    return applied(office)


def foreseen(office: MemoryOffice, journey: str, *certificates: Presented) -> Foresight:
    events = office.journal.held[journey]
    (agreement,) = {event.agreement for event in events if isinstance(event, ev.Applied)}
    return foresee(office.texts.versions(agreement), events, certificates, "sars-cov-2", NOW)


def outcomes(found: Sequence[Foreseen]) -> dict[str, Outcome]:
    return {one.measure: one.outcome for one in found}


def reason_of(found: Sequence[Foreseen], measure: str) -> list[str]:
    (only,) = [one for one in found if one.measure == measure]
    return only.reasons()


def test_each_certificate_is_told_by_itself_and_all_with_what_is_recorded(office: MemoryOffice, journey: str) -> None:
    early = certificate(assay(sampled=TAKEN - timedelta(days=4)), identifier="early", compared=False)
    found = foreseen(office, journey, certificate(compared=False), early, certificate(dose(1), identifier="dose"))
    assert outcomes(found.each[0])["test-before-departure"] is Outcome.MET
    assert outcomes(found.each[1])["test-before-departure"] is Outcome.NOT_MET
    assert reason_of(found.each[1], "test-before-departure") == [
        "time of sampling (2020-05-16 05:00 +0000) is before departure less 72 hours (2020-05-19 00:30 +0000)"
    ]
    assert found.each[2] == ()  # no measure of the agreement asks for a vaccination
    assert outcomes(found.together)["test-before-departure"] is Outcome.MET
    assert outcomes(found.together)["visa"] is Outcome.NOT_MET


def test_a_detected_infection_among_several_certificates_decides_for_all_together(office: MemoryOffice, journey: str) -> None:
    found = foreseen(office, journey, certificate(), certificate(assay(finding="detected"), identifier="second"))
    assert outcomes(found.each[0])["test-before-departure"] is Outcome.MET
    assert outcomes(found.together)["test-before-departure"] is Outcome.NOT_MET


def test_what_is_recorded_already_counts_with_what_is_shown(office: MemoryOffice, journey: str) -> None:
    present(office, cases.MISSION, journey, [certificate()], key="k")
    found = foreseen(office, journey, certificate(dose(1), identifier="dose"))
    assert outcomes(found.together)["test-before-departure"] is Outcome.MET


@pytest.mark.parametrize("changes", [{"kind": "LP00-0"}, {"finding": "777"}, {"sampled": None}, {"agent": "6142004"}])
def test_a_test_that_cannot_be_read_cannot_be_told_and_says_why(
    office: MemoryOffice, journey: str, changes: dict[str, Any]
) -> None:
    found = foreseen(office, journey, certificate(assay(**changes)))
    assert outcomes(found.each[0])["test-before-departure"] is Outcome.CANNOT_TELL
    assert "The test result is not used" in reason_of(found.each[0], "test-before-departure")[0]
    assert outcomes(found.together)["visa"] is Outcome.NOT_MET  # a document is told all the same


def test_nothing_is_recorded_by_looking(office: MemoryOffice, journey: str) -> None:
    before = office.journal.held[journey]
    foreseen(office, journey, *[certificate(identifier=f"{number}") for number in range(MOST)])
    assert office.journal.held[journey] == before


def test_without_certificates_or_an_application_there_is_nothing_to_say(office: MemoryOffice, journey: str) -> None:
    assert foreseen(office, journey) == Foresight()
    text = shipped()["china-korea"]
    assert foresee(text, [], [certificate()], "sars-cov-2", NOW) == Foresight()


@given(
    st.lists(
        st.tuples(
            st.integers(-120, 30),
            st.sampled_from(["not detected", "not detected", "detected", "invalid"]),
            st.sampled_from([LABORATORY, LABORATORY, "corner"]),
            st.sampled_from(["naat", "naat", "igm"]),
        ),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=30, deadline=None)
def test_what_is_foreseen_is_what_decide_says_once_it_is_recorded(tests: list[tuple[int, str, str, str]]) -> None:
    office = memory_office()
    journey = applied(office)
    shown = [
        certificate(
            assay(sampled=min(NOW, NOW + hours * HOUR), finding=finding, laboratory=laboratory, kind=kind),
            identifier=str(number),
        )
        for number, (hours, finding, laboratory, kind) in enumerate(tests)
    ]
    found = outcomes(foreseen(office, journey, *shown).together)
    assert isinstance(present(office, cases.MISSION, journey, shown, key="k"), Receipt)
    standing = office.decide(office.journal.held[journey], NOW)
    for one in standing.obligations:
        if one.measure in found:
            assert (found[one.measure] is Outcome.MET) is (one.status is Status.MET), one


@cache
def measures() -> list[tuple[Agreement, Provisions, LaboratoryTest | Paper, CompiledRule]]:
    """Every test and document of every version of the agreements that ship; all of them compile."""
    found = []
    for text in (one for versions in shipped().values() for one in versions):
        for route in text.routes.values():
            places = {"origin": "KR-11", "destination": "CN-SH", "arrival_place": "CN-SH"}
            case = Case(route=route.id, purpose="business", companion=None, **places)
            provisions = text.provisions(case, text.in_force)
            for measure in provisions.measures:
                if isinstance(measure, LaboratoryTest | Paper):
                    rule = compile_measure(measure)
                    assert isinstance(rule, CompiledRule), rule
                    found.append((text, provisions, measure, rule))
    return found


def test_every_test_and_document_of_the_agreements_that_ship_compiles() -> None:
    assert len(measures()) == 65


_INSTANTS = st.builds(
    lambda anchor, hours, milliseconds: MOMENTS[anchor] + hours * HOUR + timedelta(milliseconds=milliseconds),
    st.sampled_from([Anchor.DEPARTURE, Anchor.ARRIVAL]),
    st.sampled_from([-120, -73, -72, -48, -47, -5, 0, 1, 12, 24, 25]),
    st.sampled_from([-1, 0, 0, 1]),
)


@given(st.data(), st.booleans())
@settings(max_examples=300, deadline=None)
def test_every_compiled_measure_says_of_generated_evidence_what_decide_reads(data: st.DataObject, landed: bool) -> None:
    text, provisions, measure, rule = data.draw(st.sampled_from(measures()))
    known = set(MOMENTS) if landed else set(MOMENTS) - {Anchor.ARRIVAL, Anchor.BOARDING}
    moments = {anchor: at for anchor, at in MOMENTS.items() if anchor in known}
    events: list[Event] = []
    for number in range(data.draw(st.integers(0, 3))):
        at = data.draw(_INSTANTS)
        same: dict[str, Any] = {"id": f"e{number}", "journey": "j", "at": at, "recorded": at}
        if isinstance(measure, LaboratoryTest):
            laboratories = [*sorted(measure.laboratories)[:2], "corner"]
            events.append(
                ev.Resulted(
                    sample=f"s{number}",
                    assay=data.draw(st.sampled_from([measure.assay, measure.assay, Assay.ANTIGEN])),
                    finding=data.draw(st.sampled_from([Finding.NOT_DETECTED, *Finding])),
                    laboratory=data.draw(st.sampled_from(laboratories)),
                    sampled=at,
                    **same,
                )
            )
            continue
        events.append(
            ev.Documented(
                document=data.draw(st.sampled_from([measure.document, measure.document, "letter"])),
                issuer=data.draw(st.sampled_from([*sorted(measure.issuers)[:2], "corner"])),
                issued=at,
                expires=data.draw(st.none() | _INSTANTS),
                bound=data.draw(st.sampled_from([True, True, False])),
                accepted=data.draw(st.sampled_from([True, True, False])),
                **same,
            )
        )
    journey = fold(events, LATER, LATER)
    zone = text.zone("CN-SH")
    look = Looking(
        journey=journey, provisions=provisions, anchors={anchor: (at, zone) for anchor, at in moments.items()},
        at=LATER, known=LATER, departed=False,
    )  # fmt: skip
    status = READINGS[type(measure)](look, measure)
    found = judge(rule.expression, data_of(measure, journey, moments, LATER))
    assert found.outcome is (Outcome.MET if status is Status.MET else Outcome.NOT_MET), (measure.id, status)
    assert found.outcome is Outcome.MET or found.trace
