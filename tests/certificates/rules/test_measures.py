"""The agreement's measures, compiled to rules, say of the same evidence what `decide` says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.provisions import Case, Provision
from fastchannel.agreement.shipped import shipped
from fastchannel.certificates.rules.fields import EVIDENCE
from fastchannel.certificates.rules.judge import Outcome, outcome_of
from fastchannel.certificates.rules.kinds import mismatches
from fastchannel.certificates.rules.measures import (
    CompiledRule,
    NotCompilable,
    PaperEvidence,
    SampleEvidence,
    compile_measure,
    evidence_data,
)
from fastchannel.decide.standing import Status
from fastchannel.terms import events as ev
from fastchannel.terms.events import Assay, Event, Finding
from fastchannel.terms.moments import Anchor
from tests.decide.small_text import ARRIVAL, DEPARTURE, HERE, event, obligation, small, standing

LEAVES, LANDS = DEPARTURE.astimezone(UTC), ARRIVAL.astimezone(UTC)
TICK, HOUR = timedelta(milliseconds=1), timedelta(hours=1)
APPLIED = datetime(2021, 2, 1, 12, tzinfo=HERE)  # as the small text's traveller does
LATER = LANDS + 600 * HOUR
ANCHORS = {
    Anchor.APPLICATION: APPLIED,
    Anchor.APPROVAL: APPLIED,
    Anchor.DEPARTURE: LEAVES,
    Anchor.BOARDING: LEAVES,
    Anchor.ARRIVAL: LANDS,
}
PLACES = ("office", "there-office", "corner")
DOTS = ("..", "<..", "..<", "<..<")


def measure(text: Agreement) -> Provision:
    """The one measure of a small text."""
    case = Case(route="r", purpose="business", companion=None, origin="US-NY", destination="KR-11", arrival_place="KR-11")
    found = text.provisions(case, LEAVES.date()).measure("m")
    assert found is not None
    return found


def compiled(text: Agreement) -> CompiledRule:
    found = compile_measure(measure(text))
    assert isinstance(found, CompiledRule), found
    return found


def written(kind: str, **fields: str) -> str:
    lines = [f'id = "m"\nkind = "{kind}"\nclause = "4"', *(f"{name} = {value}" for name, value in fields.items())]
    return "[[measure]]\n" + "\n".join(lines) + "\n"


def reported(number: int, sample: SampleEvidence) -> list[Event]:
    same: dict[str, Any] = {"sample": f"s{number}", "assay": sample.assay, "laboratory": sample.laboratory}
    found = [event(ev.Sampled, sample.sampled, id=f"s{number}-taken", **same)]
    if sample.finding is not None:
        found.append(event(ev.Resulted, sample.sampled, id=f"s{number}-result", finding=sample.finding, **same))
    return found


def presented(number: int, paper: PaperEvidence) -> Event:
    fields = {name: getattr(paper, name) for name in paper.__struct_fields__}
    return event(ev.Documented, min(paper.issued, LATER), id=f"d{number}", **fields)


def moved(landed: bool) -> tuple[list[Event], dict[Anchor, datetime]]:
    """Boarding and landing, and the moments that are known for them."""
    if not landed:
        return [], {anchor: at for anchor, at in ANCHORS.items() if anchor not in {Anchor.ARRIVAL, Anchor.BOARDING}}
    return [event(ev.Boarded, LEAVES), event(ev.Arrived, LANDS, place="KR-11")], dict(ANCHORS)


_HOURS = st.integers(-100, 100)
_EDGE = st.builds(
    lambda anchor, hours, ticks: ANCHORS[anchor] + hours * HOUR + ticks * TICK,
    st.sampled_from([Anchor.APPLICATION, Anchor.DEPARTURE, Anchor.ARRIVAL]),
    _HOURS,
    st.sampled_from([-1, 0, 0, 1]),
)


@given(
    window=st.sampled_from(
        [
            ("departure - 72 h", "departure - 2 h"),
            ("departure - 72 h", "arrival + 24 h"),
            ("departure - 2 d", "departure"),
            ("arrival", "arrival + 24 h"),
            ("arrival - 5 h", "arrival + 3 d"),
            ("application", "departure - 40 h"),
        ]
    ),
    dots=st.sampled_from(DOTS),
    again=st.booleans(),
    offsets=st.lists(
        st.tuples(st.sampled_from([-45, -45, -41, 5, 20, -72, -2, 0, 24]), st.sampled_from([0, 0, -1, 1]), st.booleans()),
        max_size=4,
    ),
    findings=st.lists(st.sampled_from([*Finding, None, Finding.NOT_DETECTED, Finding.NOT_DETECTED]), min_size=4, max_size=4),
    places=st.lists(st.sampled_from(PLACES), min_size=4, max_size=4),
    assays=st.lists(st.sampled_from([Assay.NAAT, Assay.NAAT, Assay.IGM]), min_size=4, max_size=4),
    count=st.integers(1, 2),
    designated=st.booleans(),
    require=st.sampled_from([Finding.NOT_DETECTED, Finding.NOT_DETECTED, Finding.DETECTED]),
    landed=st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_a_test_that_compiles_is_met_where_decide_says_so(
    window: tuple[str, str], dots: str, again: bool, offsets: list[tuple[int, int, bool]], findings: list[Finding | None],
    places: list[str], assays: list[Assay], count: int, designated: bool, require: Finding, landed: bool,
) -> None:  # fmt: skip
    windows = f"{window[0]} {dots} {window[1]}" + (" or departure - 50 h .. departure - 30 h" if again else "")
    fields = {"test": '"naat"', "sampled": f'"{windows}"', "count": str(count), "require": f'"{require}"'}
    if designated:
        fields["laboratory"] = '["office", "there-office"]'
    text = small(written("test", **fields))
    samples = [
        SampleEvidence(
            assay=assays[number],
            sampled=(LANDS if on_landing else LEAVES) + hours * HOUR + ticks * TICK,
            laboratory=places[number],
            finding=findings[number],
        )
        for number, (hours, ticks, on_landing) in enumerate(offsets)
    ]
    journey, anchors = moved(landed)
    events = [*journey, *(each for number, one in enumerate(samples) for each in reported(number, one))]
    met = obligation(standing(text, events, LATER), "m").status is Status.MET
    found = outcome_of(compiled(text).expression, evidence_data(LATER, anchors, samples))
    assert found is (Outcome.MET if met else Outcome.NOT_MET)


@given(
    issued=st.sampled_from(
        ["", "application - 9 d .. departure", "departure - 72 h <..< departure", "departure - 72 h .. departure + 3 d"]
    ),
    valid_for=st.sampled_from(["", "48 h", "30 d"]),
    by=st.sampled_from(["departure", "departure - 5 h", "arrival"]),
    issuer=st.booleans(),
    papers=st.lists(
        st.builds(
            PaperEvidence,
            document=st.sampled_from(["visa", "visa", "letter"]),
            issuer=st.sampled_from(PLACES),
            issued=st.one_of(_EDGE, st.sampled_from([LEAVES - 72 * HOUR, LEAVES - 48 * HOUR, LEAVES - 30 * HOUR])),
            expires=st.one_of(st.none(), _EDGE, st.sampled_from([LEAVES, LEAVES - TICK, LANDS, LEAVES - 5 * HOUR])),
            bound=st.sampled_from([True, True, True, False]),
            accepted=st.sampled_from([True, True, True, False]),
        ),
        max_size=3,
    ),
    landed=st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_a_paper_that_compiles_is_met_where_decide_says_so(
    issued: str, valid_for: str, by: str, issuer: bool, papers: list[PaperEvidence], landed: bool
) -> None:
    fields = {"document": '"visa"', "by": f'"{by}"'}
    if issued:
        fields["issued"] = f'"{issued}"'
    if valid_for:
        fields["valid_for"] = f'"{valid_for}"'
    if issuer:
        fields["issued_by"] = '"office"'
    text = small(written("document", **fields))
    journey, anchors = moved(landed)
    events = [*journey, *(presented(number, one) for number, one in enumerate(papers))]
    met = obligation(standing(text, events, LATER), "m").status is Status.MET
    found = outcome_of(compiled(text).expression, evidence_data(LATER, anchors, papers=papers))
    assert found is (Outcome.MET if met else Outcome.NOT_MET)


GOOD = SampleEvidence(assay=Assay.NAAT, sampled=LEAVES - 40 * HOUR, laboratory="office", finding=Finding.NOT_DETECTED)
BAD = structs.replace(GOOD, sampled=LEAVES - 30 * HOUR, finding=Finding.DETECTED)
ELSEWHERE = {"laboratory": "corner"}


@pytest.mark.parametrize(
    ("fields", "samples", "met"),
    [
        ({}, [GOOD], True),
        ({}, [GOOD, BAD], False),
        ({}, [GOOD, structs.replace(BAD, assay=Assay.IGM)], True),
        ({}, [GOOD, structs.replace(BAD, sampled=LEAVES - 80 * HOUR)], True),
        ({}, [structs.replace(GOOD, finding=None)], False),
        ({"laboratory": '["office"]'}, [GOOD], True),
        ({"laboratory": '["there-office"]'}, [GOOD], False),
        ({"laboratory": '["office"]'}, [GOOD, structs.replace(BAD, **ELSEWHERE)], False),
        ({"laboratory": '["office"]'}, [GOOD, structs.replace(GOOD, **ELSEWHERE)], True),
        ({"laboratory": '["office", "there-office"]', "count": "2"}, [GOOD, structs.replace(GOOD, **ELSEWHERE)], False),
        (
            {"laboratory": '["office", "there-office"]', "count": "2"},
            [GOOD, structs.replace(GOOD, laboratory="there-office")],
            True,
        ),
        ({"require": '"detected"'}, [BAD], True),
        ({"require": '"detected"'}, [GOOD], False),
        ({"require": '"detected"'}, [GOOD, BAD], True),
    ],
)
def test_finding_assay_and_laboratory_count_as_decide_counts_them(
    fields: dict[str, str], samples: list[SampleEvidence], met: bool
) -> None:
    text = small(written("test", test='"naat"', sampled='"departure - 72 h .. departure"', **fields))
    events = [each for number, one in enumerate(samples) for each in reported(number, one)]
    assert (obligation(standing(text, events, LEAVES), "m").status is Status.MET) == met
    found = outcome_of(compiled(text).expression, evidence_data(LEAVES, ANCHORS, samples))
    assert found is (Outcome.MET if met else Outcome.NOT_MET)


@pytest.mark.parametrize(("late", "met"), [(timedelta(0), True), (-TICK, False), (TICK, True)])
def test_a_paper_is_good_up_to_the_end_of_its_span(late: timedelta, met: bool) -> None:
    text = small(written("document", document='"visa"', by='"departure"', valid_for='"48 h"'))
    paper = PaperEvidence(document="visa", issuer="office", issued=LEAVES - 48 * HOUR + late)
    assert (obligation(standing(text, [presented(0, paper)], LEAVES), "m").status is Status.MET) == met
    found = outcome_of(compiled(text).expression, evidence_data(LEAVES, ANCHORS, papers=[paper]))
    assert found is (Outcome.MET if met else Outcome.NOT_MET)


@pytest.mark.parametrize(
    ("dots", "at", "outcome"),
    [
        ("..", -72 * HOUR, Outcome.MET),
        ("..", -72 * HOUR - TICK, Outcome.NOT_MET),
        ("<..", -72 * HOUR, Outcome.NOT_MET),
        ("<..", -72 * HOUR + TICK, Outcome.MET),
        ("..", timedelta(0), Outcome.MET),
        ("..", TICK, Outcome.NOT_MET),
        ("..<", timedelta(0), Outcome.NOT_MET),
        ("..<", -TICK, Outcome.MET),
    ],
)
def test_the_ends_of_a_window_stay_closed_and_open_as_they_are_written(dots: str, at: timedelta, outcome: Outcome) -> None:
    rule = compiled(small(written("test", test='"naat"', sampled=f'"departure - 72 h {dots} departure"')))
    sample = SampleEvidence(assay=Assay.NAAT, sampled=LEAVES + at, laboratory="l", finding=Finding.NOT_DETECTED)
    assert outcome_of(rule.expression, evidence_data(LATER, ANCHORS, [sample])) is outcome


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"sampled": '"departure - 2 calendar days .. departure"'}, "calendar-day"),
        ({"sampled": '"departure - 90 min .. departure"'}, "minutes"),
        ({"sampled": '"entry .. release"'}, "anchor"),
        ({"sampled": '"departure - 72 h .. departure"', "count": "2", "apart": '"24 h"'}, "apart"),
    ],
)
def test_what_the_language_cannot_say_is_not_compiled_and_why_is_told(fields: dict[str, str], reason: str) -> None:
    found = compile_measure(measure(small(written("test", test='"naat"', **fields))))
    assert isinstance(found, NotCompilable)
    assert found.reason == reason


def test_a_gate_is_no_evidence_and_is_not_compiled() -> None:
    found = compile_measure(measure(small(written("gate", at='"boarding"', requires="[]"))))
    assert isinstance(found, NotCompilable)
    assert found.reason == "kind"


def test_what_compiles_of_the_shipped_agreements_is_in_order_as_a_rule() -> None:
    found = []
    for text in (one for versions in shipped().values() for one in versions):
        for route in text.routes.values():
            case = Case(
                route=route.id, purpose="business", companion=None, origin="KR-11", destination="CN-SH", arrival_place="CN-SH"
            )
            found += [compile_measure(one) for one in text.provisions(case, text.in_force).measures]
    rules = [one for one in found if isinstance(one, CompiledRule)]
    assert rules
    assert [each for one in rules for each in mismatches(one.expression, EVIDENCE)] == []
