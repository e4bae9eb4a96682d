"""What another party's node may say of a journey, and what it may not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from fastchannel.agreement.shipped import shipped
from fastchannel.casework.peers import Admission, Fault, Refused, admit
from fastchannel.casework.ports import Person
from fastchannel.terms import events as ev
from fastchannel.terms.events import Assay, Event, Finding, Outcome, Role
from tests.casework.cases import NOW, MemoryOffice, memory_office

TEXT = shipped()["china-korea"].newest
PLAN = ev.Itinerary(departure=NOW + timedelta(days=20), origin="KR-11", destination="CN-SH")


def made(kind: Any, name: str, **fields: Any) -> Any:
    stamp: dict[str, Any] = {"id": name, "journey": "j-1", "at": NOW, "recorded": NOW, "party": "KR", "role": Role.MONITOR}
    return kind(**(stamp | fields))


def application(**changes: Any) -> Any:
    fields = {
        "agreement": TEXT.id, "version": TEXT.version, "digest": TEXT.digest, "route": "kr-cn",
        "purpose": "technical-service", "sponsor": "kr-company", "itinerary": PLAN, "role": Role.SPONSOR,
    }  # fmt: skip
    return made(ev.Applied, "a", **(fields | changes))


def told(office: MemoryOffice, *events: Event, sender: str = "KR") -> Admission:
    """The office is told the events and writes what it believes."""
    held = office.journal.hold([events[0].journey]).get(events[0].journey)
    found = admit(office, sender, events, held, office.clock.now())
    if found.entry is not None:
        office.journal.append([found.entry])
    return found


def faults(found: Admission) -> dict[str, Fault]:
    return {name: one.fault for name, one in found.refused.items()}


@pytest.fixture
def office() -> MemoryOffice:
    made = memory_office()
    told(made, application())
    return made


def test_an_application_of_the_other_party_opens_the_journey_here_without_a_person(office: MemoryOffice) -> None:
    assert [event.id for event in office.journal.events("j-1")] == ["a"]
    assert office.people.find("j-1") is None
    assert office.journal.entries["j-1"].row.sponsor == "kr-company"
    assert office.journal.entries["j-1"].learned == NOW
    assert office.journal.notices == []  # its own node tells those whom it concerns


def test_what_was_told_twice_is_there_once(office: MemoryOffice) -> None:
    assert told(office, application()) == Admission()
    report = made(ev.Called, "c", day=NOW.date(), reached=True)
    assert told(office, report).entry is not None
    assert told(office, report, application()) == Admission()
    assert [event.id for event in office.journal.events("j-1")] == ["a", "c"]


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        (made(ev.Confirmed, "x", party="CN"), Fault.FOREIGN),
        (made(ev.Confirmed, "x", party=""), Fault.FOREIGN),
        (made(ev.Confirmed, "a"), Fault.TAKEN),
        (application(id="b"), Fault.APPLIED),
        (application(id="b", journey="j-2", at=NOW + timedelta(days=7)), Fault.AHEAD),
        (made(ev.Confirmed, "x", journey="j-3"), Fault.WAITS),
        (made(ev.Corrected, "x", corrects="z", reason="r"), Fault.WAITS),
        (made(ev.Arrived, "x", place="CN-SH", role=Role.CHECKPOINT), Fault.FORBIDDEN),  # Shanghai's airport is not Korea's
        (made(ev.Reviewed, "x", outcome=Outcome.APPROVED, role=Role.REVIEWER), Fault.FORBIDDEN),
        (made(ev.Confirmed, "x", role=Role.SPONSOR), Fault.FORBIDDEN),
        (made(ev.Reminded, "x", day=NOW.date(), measure="m", rung="r", role=Role.SYSTEM), Fault.FORBIDDEN),
    ],
)  # fmt: skip
def test_what_is_not_the_other_partys_to_say_is_held(office: MemoryOffice, event: Event, fault: Fault) -> None:
    before = office.journal.events("j-1")
    found = told(office, event)
    assert faults(found) == {event.id: fault}
    assert found.entry is None
    assert office.journal.events("j-1") == before
    assert all(one.said for one in found.refused.values())


def test_what_waits_names_what_it_waits_for(office: MemoryOffice) -> None:
    early = made(ev.Confirmed, "x", journey="j-3")
    assert told(office, early).refused["x"].needs == "j-3"
    correction = made(ev.Corrected, "y", corrects="z", reason="r")
    assert told(office, correction).refused["y"].needs == "z"
    ahead = application(id="b", journey="j-2", at=NOW + timedelta(days=7))
    assert told(office, ahead).refused["b"].needs == (NOW + timedelta(days=7)).isoformat()
    office.clock.forward(days=7)
    assert told(office, ahead).refused == {}


def result(name: str, finding: Finding, **changes: Any) -> Any:
    fields = {"sample": "S-1", "assay": Assay.NAAT, "laboratory": "kr-hospital", "role": Role.LABORATORY}
    return made(ev.Resulted, name, finding=finding, **(fields | changes))


def test_a_party_corrects_what_is_its_own_and_nothing_else(office: MemoryOffice) -> None:
    told(office, result("r", Finding.NOT_DETECTED))
    ours = made(ev.Called, "ours", day=NOW.date(), reached=True, party="CN")
    told(office, ours, sender="CN")
    right = made(ev.Corrected, "k1", corrects="r", reason="swapped", replacement={"finding": "detected"})
    assert told(office, right).refused == {}
    foreign = made(ev.Corrected, "k2", corrects="ours", reason="we say so", replacement={"reached": False})
    assert faults(told(office, foreign)) == {"k2": Fault.FORBIDDEN}
    gone = made(ev.Corrected, "k3", corrects="ours", reason="we say so")
    assert faults(told(office, gone)) == {"k3": Fault.FORBIDDEN}


@pytest.mark.parametrize(("name", "value"), [("party", "CN"), ("role", "reviewer"), ("by", "cn-officer")])
def test_a_correction_never_puts_words_into_somebody_elses_mouth(office: MemoryOffice, name: str, value: str) -> None:
    told(office, result("r", Finding.NOT_DETECTED))
    forged = made(ev.Corrected, "k", corrects="r", reason="r", replacement={name: value})
    assert faults(told(office, forged)) == {"k": Fault.FORBIDDEN}
    broken = made(ev.Corrected, "k", corrects="r", reason="r", replacement={"finding": "perhaps"})
    assert faults(told(office, broken)) == {"k": Fault.UNCLEAR}


def test_of_several_events_the_right_ones_count_and_each_wrong_one_says_why(office: MemoryOffice) -> None:
    events: Sequence[Event] = (
        made(ev.Called, "good", day=NOW.date(), reached=True),
        made(ev.Confirmed, "bad", party="CN"),
    )
    found = told(office, *events)
    assert [event.id for event in office.journal.events("j-1")] == ["a", "good"]
    assert found.refused == {"bad": Refused(fault=Fault.FOREIGN, said="party: found CN, expected KR")}


def test_another_partys_clock_moves_nothing_here(office: MemoryOffice) -> None:
    ahead = made(ev.Called, "c", day=NOW.date(), reached=True, at=NOW + timedelta(days=7), recorded=NOW + timedelta(days=7))
    assert told(office, ahead).refused == {}
    events = office.journal.events("j-1")
    assert office.now_for(events) == NOW
    assert office.decide(events, NOW).at == NOW
    late = made(ev.Called, "d", day=NOW.date(), reached=True, at=NOW, recorded=NOW + timedelta(days=7))
    told(office, late)
    standing = office.decide(office.journal.events("j-1"), NOW)  # told, and so known, though their clock dates it ahead
    assert standing.known == NOW + timedelta(days=7)


def test_the_node_that_keeps_the_journey_tells_and_reminds(office: MemoryOffice) -> None:
    """China's office was told of the journey; Korea's opened it."""
    assert office.journal.told("j-1")
    told(office, made(ev.Confirmed, "x"))
    office.tick("j-1")
    assert office.journal.notices == []
    home = memory_office("KR")
    home.journal.append([home.entry((application(),), Person(name="LEE JUNHO", passport="M12345678"), NOW)[0]])
    assert not home.journal.told("j-1")
    told(home, made(ev.Confirmed, "x", party="CN"), sender="CN")
    assert {notice.kind for notice in home.journal.notices} == {"verdict-refuse"}
