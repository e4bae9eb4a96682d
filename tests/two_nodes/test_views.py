"""Two parties' views of the same journeys, each of its own events and of what it is told of the other's: they agree."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import islice
from typing import Any

import pytest

from fastchannel.agreement.shipped import shipped
from fastchannel.casework.office import applied_of
from fastchannel.casework.peers import Fault, admit
from fastchannel.cli.drill import Script, scripts
from fastchannel.decide.standing import Standing
from fastchannel.exchange.bodies import body_of, event_of
from fastchannel.terms.events import Event, from_fields, kind_of
from tests.casework.cases import MemoryOffice, memory_office

TEXTS = shipped()["china-korea"]
TRAVELLERS = 300


def text_of(script: Script) -> Any:
    applied = applied_of(script.events)
    assert applied is not None
    return TEXTS[applied.version]


def as_told(text: Any, event: Event, to: str) -> Event | None:
    """The event through the bytes that travel, as that party sees it."""
    if not text.visible(kind_of(event), to):
        return None
    return from_fields(event_of(kind_of(event), 1, body_of(text, event, to).raw, text, to))


def view(party: str, script: Script, chance: random.Random) -> MemoryOffice:
    """An office that has its own events and was told the other's, in any order, some of them twice."""
    office, text = memory_office(party), text_of(script)
    office.clock.instant = max(event.recorded for event in script.events)
    waiting = [one for event in script.events if (one := event if event.party == party else as_told(text, event, party))]
    chance.shuffle(waiting)
    waiting += chance.choices(waiting, k=3)
    while waiting:
        later = []
        for event in waiting:
            held = office.journal.hold([event.journey]).get(event.journey)
            admission = admit(office, event.party, [event], held, office.clock.now())
            if admission.entry is not None:
                office.journal.append([admission.entry])
            for refused in admission.refused.values():
                assert refused.fault is Fault.WAITS, refused
                later.append(event)
        assert len(later) < len(waiting), "what waits never ends"
        waiting = later
    return office


def said(standing: Standing) -> tuple[Any, ...]:
    """What a dashboard shows of it."""
    due = [(one.measure, one.kind, one.status, one.due) for one in standing.obligations]
    return (standing.stage, standing.verdict, standing.gate, sorted(due, key=str), sorted({r.code for r in standing.reasons}))


@pytest.mark.parametrize("seed", range(3))
def test_both_sides_of_every_journey_come_to_the_same_standing(seed: int) -> None:
    chance = random.Random(seed)
    fates = set()
    for script in islice(scripts(TEXTS, seed=seed, first=date(2020, 5, 11), days=200, start=1), TRAVELLERS // 3):
        journey, last = script.events[0].journey, max(event.recorded for event in script.events)
        offices = {party: view(party, script, chance) for party in ("CN", "KR")}
        for at in (script.departure, script.departure + timedelta(days=3), last + timedelta(days=30)):
            shown = {party: said(office.decide(office.journal.events(journey), at)) for party, office in offices.items()}
            assert shown["CN"] == shown["KR"], (script.fate, script.case.route, at)
        fates.add(script.fate)
    assert len(fates) > 5
