"""The watch over a node's own record: cases enter the ledger, both parties sign, and a flight's positives close the flight."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from fastchannel.agreement.shipped import shipped
from fastchannel.casework.actor import Actor
from fastchannel.casework.ports import Person
from fastchannel.exchange.bodies import DecisionTold, LedgerTold
from fastchannel.exchange.errors import LeafError
from fastchannel.node import ledger, overrides, triggers
from fastchannel.node.errors import NodeError
from fastchannel.node.models import Event, Journey, LaneEntry, LedgerRecord
from fastchannel.terms import events as ev
from fastchannel.terms.events import Assay, Finding, Outcome, Role
from fastchannel.watch.alarms.results import Expected, Step
from fastchannel.watch.ledger.claim import Verdict, zero_import
from fastchannel.watch.ledger.counting import By, Definition, Published, Travellers
from fastchannel.watch.ledger.fold import State
from fastchannel.watch.ledger.records import Classification, Entry, Kind, Statement, encode
from fastchannel.watch.triggers.overrides import Act
from tests.node.test_lanes import db_node
from tests.node.test_link import at_home

__all__ = ["at_home", "db_node"]
pytestmark = pytest.mark.django_db(transaction=True)
TEXT = shipped()["china-korea"][5]
ARRIVED = datetime(2020, 12, 20, 4, 0, tzinfo=UTC)
TODAY = datetime(2020, 12, 22, 4, 0, tzinfo=UTC)
FLIGHT = "MU5042"


def traveller(
    desk: Any, number: int, *, finding: Finding = Finding.NOT_DETECTED, arrived: bool = True, flight: str = FLIGHT
) -> str:
    """One who arrived and was tested, or one who is to fly in a few days."""
    journey, departure = f"j-{number}", ARRIVED - timedelta(hours=2) if arrived else TODAY + timedelta(days=3)
    stamp: dict[str, Any] = {"journey": journey, "party": "CN", "by": "o"}
    plan = ev.Itinerary(departure=departure, origin="KR-11", destination="CN-SH", flight=flight)
    applied = departure - timedelta(days=12)

    def at(moment: datetime, name: str, role: Role) -> dict[str, Any]:
        return {**stamp, "id": f"{journey}-{name}", "at": moment, "recorded": moment, "role": role}

    events: list[ev.Event] = [
        ev.Applied(
            **at(applied, "a", Role.SPONSOR), agreement=TEXT.id, version=TEXT.version, digest=TEXT.digest, route="kr-cn",
            purpose="technical-service", sponsor="s", itinerary=plan,
        ),
        ev.Reviewed(**at(applied + timedelta(days=1), "r", Role.REVIEWER), outcome=Outcome.APPROVED),
    ]  # fmt: skip
    if arrived:
        sampled, told = ARRIVED + timedelta(hours=1), ARRIVED + timedelta(hours=9)
        kind: dict[str, Any] = {"sample": f"s-{number}", "assay": Assay.NAAT, "laboratory": "cn-lab"}
        events += [
            ev.Arrived(**at(ARRIVED, "v", Role.CHECKPOINT), place="CN-SH"),
            ev.Sampled(**at(sampled, "s", Role.LABORATORY), **kind),
            ev.Resulted(**at(told, "t", Role.LABORATORY), finding=finding, **kind),
        ]
        if finding is Finding.DETECTED:
            events.append(ev.Confirmed(**at(told + timedelta(hours=1), "c", Role.MONITOR), case=f"CN-{number}"))
    person = Person(name=f"N {number}", passport=f"P{number:07}")
    desk.journal.append([desk.entry(tuple(events), person, desk.clock.now())[0]])
    return journey


@pytest.fixture
def today(db_node: None, desk: Any, hand_clock: Any) -> Any:
    hand_clock.instant = TODAY
    return hand_clock


def suspended() -> set[str]:
    return {journey for (journey,) in Journey.objects.filter(verdict="hold").values_list("id")}


def test_five_positives_close_the_flight_to_those_who_have_not_flown(today: Any, desk: Any) -> None:
    for number in range(5):
        traveller(desk, number, finding=Finding.DETECTED)
    ahead, other = traveller(desk, 8, arrived=False), traveller(desk, 9, arrived=False, flight="MU9999")
    assert triggers.run() >= 1
    kinds = Event.objects.filter(kind="suspended").values_list("journey_id", flat=True)
    assert ahead in kinds
    assert other not in kinds
    [event] = [one for one in desk.journal.events(ahead) if isinstance(one, ev.Suspended)]
    assert event.trigger == "five-on-a-flight"
    assert event.role is Role.SYSTEM
    assert event.until is not None
    assert (event.until - event.since).days >= 7
    reasons = {reason.code for reason in desk.decide(desk.journal.events(ahead), today.instant).reasons}
    assert "suspension.in-force" in reasons
    assert triggers.run() == 0  # told once
    today.forward(days=9)
    triggers.run()
    assert not any("suspension" in r.code for r in desk.decide(desk.journal.events(ahead), today.instant).reasons)
    assert Event.objects.filter(kind="resumed", journey=ahead).count() == 1
    assert triggers.run() == 0


def test_four_positives_close_nothing(today: Any, desk: Any) -> None:
    for number in range(4):
        traveller(desk, number, finding=Finding.DETECTED)
    traveller(desk, 8, arrived=False)
    assert triggers.run() == 0
    assert not Event.objects.filter(kind="suspended").exists()


def test_what_people_suspended_no_rule_reopens(today: Any, desk: Any) -> None:
    from fastchannel.casework import review

    ahead = traveller(desk, 8, arrived=False)
    officer = Actor(id="j", role=Role.SECRETARIAT, party="CN")
    review.suspend(desk, officer, ahead, trigger="five-on-a-flight", since=today.instant, key="k")
    assert triggers.run() == 0
    assert not Event.objects.filter(kind="resumed").exists()


def test_a_case_that_travelled_enters_the_ledger_once_and_stands_when_both_have_signed(today: Any, desk: Any) -> None:
    traveller(desk, 1, finding=Finding.DETECTED)
    traveller(desk, 2)
    assert ledger.enter_cases() == 1
    assert ledger.enter_cases() == 0
    [line] = ledger.ledger().lines
    entry = line.versions[0].entry
    assert (entry.case, entry.parties, entry.place) == ("CN-1", ("CN", "KR"), "CN-SH")
    assert (entry.arrived, entry.confirmed, entry.sampled) == (ARRIVED.date(), ARRIVED.date(), ARRIVED.date())
    assert line.state is State.AWAITS
    digest, view = line.versions[0].digest, Classification(kind=Kind.CHANNEL, origin="KR")
    officer = Actor(id="officer-7", role=Role.SECRETARIAT, party="CN")
    ledger.classify(officer, digest, view, "found on arrival")
    assert ledger.ledger().lines[0].state is State.AWAITS
    theirs = Statement(party="KR", officer="secretariat", recorded=today.instant, entry=digest, classification=view)
    ledger.take("KR", LedgerTold(record=encode(theirs).decode()))
    [line] = ledger.ledger().lines
    assert line.state is State.STANDS
    assert "officer-7" not in str(list(LedgerRecord.objects.values_list("raw", flat=True)))
    other = msgspec.structs.replace(
        theirs, recorded=today.instant + timedelta(hours=1), classification=Classification(kind=Kind.LOCAL)
    )
    ledger.take("KR", LedgerTold(record=encode(other).decode()))
    assert ledger.ledger().lines[0].state is State.DISPUTED


def test_nobody_signs_for_another_party_or_about_a_case_that_is_none_of_ours(today: Any, desk: Any) -> None:
    forged = Statement(
        party="CN", officer="o", recorded=today.instant, entry="sha256:0", classification=Classification(kind=Kind.LOCAL)
    )
    with pytest.raises(LeafError, match="expected one of KR"):
        ledger.take("KR", LedgerTold(record=encode(forged).decode()))
    elsewhere = Entry(
        party="KR", officer="o", recorded=today.instant, case="c", parties=("JP", "KR"), place="KR", confirmed=TODAY.date()
    )
    with pytest.raises(LeafError, match="none of ours"):
        ledger.take("KR", LedgerTold(record=encode(elsewhere).decode()))
    with pytest.raises(LeafError, match="no record"):
        ledger.take("KR", LedgerTold(record="{}"))
    with pytest.raises(NodeError, match="no entry"):
        ledger.classify(Actor(id="o", role=Role.SECRETARIAT, party="CN"), "sha256:1", Classification(kind=Kind.LOCAL), "")
    assert LedgerRecord.objects.count() == 0


def test_what_is_signed_here_goes_to_the_other_party(at_home: Any, desk: Any, hand_clock: Any) -> None:
    hand_clock.instant = TODAY
    traveller(desk, 1, finding=Finding.DETECTED)
    before = LaneEntry.objects.filter(lane__origin__endswith="CN/KR/bulk").count()
    assert ledger.enter_cases() == 1
    assert LaneEntry.objects.filter(lane__origin__endswith="CN/KR/bulk").count() == before + 1


def test_the_claim_counts_travellers_tests_and_days_of_this_record(today: Any, desk: Any) -> None:
    for number in range(3):
        traveller(desk, number)
    day = ARRIVED.date()
    exposure = ledger.exposure(day - timedelta(days=30), day + timedelta(days=2), "CN")
    assert (exposure.travellers, exposure.tests) == (3, 3)
    assert exposure.person_days == 6
    assert exposure.still_followed == 3
    assert ledger.exposure(day - timedelta(days=30), day - timedelta(days=1)).travellers == 0
    assert ledger.exposure(day, day, "KR").travellers == 0
    definition = Definition(travellers=Travellers.CHANNEL, by=By.ARRIVAL, published=Published.REVISED)
    claim = zero_import(ledger.ledger(), exposure, definition, exposure.until)
    assert claim.verdict is Verdict.ZERO
    assert "3 travellers" in claim.words()


def test_results_are_what_alarms_ask_for(today: Any, desk: Any) -> None:
    traveller(desk, 1, finding=Finding.DETECTED)
    expected = {Step.ON_ARRIVAL: Expected(low=0.0, value=0.001, high=0.002)}
    found = list(ledger.tests_of(ARRIVED.date(), TODAY.date(), expected, "sha256:f"))
    assert [(one.positive, one.step, one.laboratory, one.carrier, one.region) for one in found] == [
        (None, Step.ON_ARRIVAL, "cn-lab", "MU", "KR-11"),
        (True, Step.ON_ARRIVAL, "cn-lab", "MU", "KR-11"),
    ]


def test_case_reports_that_the_node_holds_set_off_what_the_agreement_says(
    today: Any, desk: Any, settings: Any, tmp_path: Any
) -> None:
    from fastchannel.node.reports import reports

    settings.NODE_DIRECTORY = tmp_path
    assert reports().daily("cases", "KR", TODAY.date(), TODAY.date(), known=TODAY.date()) == (None,)
    folder = tmp_path / "reports"
    folder.mkdir()
    heading = "published,day,place,figure,origin,detected,count,source\n"
    (folder / "1.csv").write_text(heading + "2020-12-21,2020-12-20,KR,cases,,,9,kdca\n", encoding="utf-8")
    (folder / "2.csv").write_text(heading + "2020-12-22,2020-12-20,KR,cases,,,7,kdca\n", encoding="utf-8")
    (folder / "3.csv").write_text(heading + "2020-12-22,2020-12-20,KR,cases,,,8,other\n", encoding="utf-8")  # contradicts 2
    day = ARRIVED.date()
    assert reports().daily("cases", "KR", day, day, known=day + timedelta(days=1)) == (9,)
    assert reports().daily("cases", "KR", day, day, known=day + timedelta(days=2)) == (7,)
    [one] = list(triggers.watched())
    assert one.agreement.id == "china-korea"


def decided(**changes: Any) -> overrides.Decision:
    fields: dict[str, Any] = {
        "id": "d-1",
        "agreement": "china-korea",
        "act": Act.SUSPEND,
        "first": TODAY.date(),
        "reason": "A new variant.",
    }
    return overrides.Decision(**(fields | changes))


def secretariat(party: str) -> Actor:
    return Actor(id=f"s-{party}", role=Role.SECRETARIAT, party=party)


def test_what_one_party_decides_is_visible_and_has_no_effect_until_the_other_signs(today: Any, desk: Any) -> None:
    ahead = traveller(desk, 8, arrived=False)
    overrides.sign(secretariat("CN"), decided(), TEXT)
    assert [list(one.signatures) for one in overrides.decisions("china-korea")] == [["CN"]]
    assert triggers.run() == 0
    overrides.take("KR", DecisionTold(decision=decided().raw.decode()))
    assert triggers.run() == 1
    [event] = [one for one in desk.journal.events(ahead) if isinstance(one, ev.Suspended)]
    assert event.since.date() == TODAY.date()
    overrides.take("KR", DecisionTold(decision=decided(id="d-2", act=Act.OPEN).raw.decode()))
    overrides.sign(secretariat("CN"), decided(id="d-2", act=Act.OPEN), TEXT)
    today.forward(days=1)
    triggers.run()
    assert Event.objects.filter(kind="resumed", journey=ahead).exists()


def test_both_parties_keep_open_what_a_rule_would_shut(today: Any, desk: Any) -> None:
    keep = decided(act=Act.OPEN, first=ARRIVED.date(), reason="The five were one family, found on arrival.")
    for party in ("CN", "KR"):
        overrides.sign(secretariat(party), keep, TEXT)
    for number in range(5):
        traveller(desk, number, finding=Finding.DETECTED)
    ahead = traveller(desk, 8, arrived=False)
    today.forward(days=1)
    triggers.run()
    standing = desk.decide(desk.journal.events(ahead), today.instant)
    assert not any("suspension" in reason.code for reason in standing.reasons)


def test_a_decision_without_a_reason_or_about_nothing_is_refused(today: Any, desk: Any) -> None:
    for wrong in (decided(reason=" "), decided(trigger="no-such"), decided(route="no-such"), decided(agreement="other")):
        with pytest.raises(NodeError):
            overrides.sign(secretariat("CN"), wrong, TEXT)
    with pytest.raises(NodeError, match="no party"):
        overrides.sign(secretariat("JP"), decided(), TEXT)
    with pytest.raises(LeafError):
        overrides.take("KR", DecisionTold(decision="{}"))
    with pytest.raises(LeafError, match="another form"):
        overrides.take("KR", DecisionTold(decision=" " + decided().raw.decode()))
    assert overrides.decisions("china-korea") == []


def test_a_decision_goes_to_the_other_party_at_once(at_home: Any, desk: Any, hand_clock: Any) -> None:
    hand_clock.instant = TODAY
    overrides.sign(secretariat("CN"), decided(), TEXT)
    overrides.sign(secretariat("CN"), decided(), TEXT)
    assert LaneEntry.objects.filter(lane__origin__endswith="CN/KR/urgent").count() == 1
