"""From judged rows of a roster to entries of the record, a chunk at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from fastchannel.agreement.agreement import Agreement
from fastchannel.casework.actor import Actor
from fastchannel.casework.applications import application
from fastchannel.casework.office import Office, subject_of
from fastchannel.casework.permissions import Action, check
from fastchannel.casework.ports import Entry, Person, Purpose, access
from fastchannel.casework.roster import Judged, Problem
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one row."""

    row: int
    line: int
    outcome: str
    journey: str
    problems: tuple[Problem, ...]


def take(
    office: Office,
    actor: Actor,
    rows: Sequence[Judged],
    agreement: Agreement,
    *,
    duties: Sequence[str] | None,
    now: datetime,
    roster: str,
) -> list[Taken]:
    """Record what the good rows ask for. The caller holds the transaction, so that rows and their results go together."""
    entries: list[Entry] = []
    taken: list[Taken] = []
    alike: dict[tuple[object, ...], Entry] = {}
    for row in rows:
        journey = ""
        outcome, problems = row.outcome, row.problems
        if outcome == "accepted" and row.wanted is not None:
            wanted = row.wanted
            events = application(
                office.stamp(actor, office.identifiers.new(), now),
                agreement,
                route=wanted.route,
                purpose=wanted.purpose,
                sponsor=actor.organisation,
                itinerary=wanted.itinerary,
                companion=wanted.companion,
                duties=duties,
                sponsored=office.identifiers.new(),
            )
            denial = check(actor, Action.APPLY, subject_of(events))
            try:
                asked = (wanted.route, wanted.purpose, wanted.companion, wanted.itinerary)
                first = alike.get(asked)
                entry = None
                if denial is None:
                    entry = _like(first, events, wanted.person) if first else office.entry(events, wanted.person, now)[0]
                    alike[asked] = entry
                fault = denial.text() if denial else ""
            except FastChannelError as error:  # one row that cannot be decided must not stop those after it
                entry, fault = None, str(error)
            if entry is None:
                outcome, problems = "rejected", (Problem(column="", code="refused", found=fault),)
            else:
                entries.append(entry)
                journey = entry.row.journey
        taken.append(Taken(row=row.row, line=row.line, outcome=outcome, journey=journey, problems=(*problems, *row.flags)))
    if entries:
        office.journal.append(entries)
        written = [entry.row.journey for entry in entries]
        office.access.note(access(actor, now, Purpose.WRITE, f"import {roster}", *written))
    return taken


def _like(first: Entry, events: tuple[Event, ...], person: Person) -> Entry:
    """The entry of an application that asks for the same as another did at the same instant: only the identifiers differ.

    `decide` knows nothing of who travels, so that whoever takes the same flight for the same purpose stands alike.
    """
    row = first.row
    standing = row.standing
    before = [row.journey, *(event.id for event in first.events)]
    after = [events[0].journey, *(event.id for event in events)]
    for old, new in zip(before, after, strict=True):
        standing = standing.replace(msgspec.json.encode(old), msgspec.json.encode(new))
    return Entry(
        events=events,
        row=replace(row, journey=events[0].journey, standing=standing),
        deadlines=first.deadlines,
        person=person,
        opens=True,
    )
