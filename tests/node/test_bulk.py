"""Many rows at once come out as the same rows written a few at a time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fastchannel.node import bulk, imports
from fastchannel.node.models import Deadline, Event, Import, ImportRow, Journey, Person
from tests.casework.cases import AGREEMENT, SPONSOR

ROWS = bulk.FEW + 5
JOURNEY = (
    "route", "sponsor", "flight", "departure", "stage", "verdict", "next_due", "wake", "settled", "needed", "ended", "told",
)  # fmt: skip
PERSON = ("name", "passport", "birth_date", "email", "duplicate_key")
EVENT = ("kind", "at", "recorded", "learned", "by", "role", "reference")
DEADLINE = ("measure", "kind", "who", "status", "clause", "opens", "due", "zone")


def taken(first: int, key: str) -> str:
    """An import of so many rows; every seventh has a birth date, and a name that needs escaping, and the last is bad."""
    header = "name,passport,route,purpose,departure,origin,destination,birth_date"
    way = "kr-cn,business,2020-05-22 09:30,KR-11,CN-SH"
    lines = [
        f'"LEE\t\\N {number % 3}",{key}{number:07},{way},{"1985-03-02" if number % 7 else ""}'
        for number in range(first, first + ROWS)
    ]
    data = "\n".join([header, *lines, "BAD,?,?,?,?,?,?,?"]).encode()
    stored = imports.receive(SPONSOR, data, filename="r.csv", agreement=AGREEMENT, duties=["transport"], key=key)
    assert isinstance(stored, Import)
    assert imports.process(stored.id)
    return stored.id


def held(key: str, roster: str) -> dict[str, list[tuple[Any, ...]]]:
    """What is written of an import, without what differs from one to the next."""
    mine = list(Person.objects.filter(passport__startswith=key).values_list("journey", flat=True))
    found: dict[str, list[tuple[Any, ...]]] = {
        "journeys": list(Journey.objects.filter(id__in=mine).values_list(*JOURNEY)),
        "persons": list(Person.objects.filter(journey__in=mine).values_list(*PERSON)),
        "events": list(Event.objects.filter(journey__in=mine).values_list(*EVENT)),
        "deadlines": list(Deadline.objects.filter(journey__in=mine).values_list(*DEADLINE)),
        "rows": list(ImportRow.objects.filter(roster=roster).values_list("row", "line", "outcome", "problems")),
    }
    return {
        name: sorted(
            (tuple(cell.replace(key, "") if isinstance(cell, str) else cell for cell in row) for row in rows), key=repr
        )
        for name, rows in found.items()
    }


def test_copied_rows_are_the_rows_that_an_ordinary_insert_writes(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = held("MA", taken(1, "MA"))
    monkeypatch.setattr(bulk, "FEW", 10**9)
    inserted = held("MB", taken(1, "MB"))
    assert copied == inserted
    assert len(copied["journeys"]) == ROWS
    assert len(copied["events"]) == 2 * ROWS
    assert {row[2] for row in copied["persons"]} == {date(1985, 3, 2), None}
    [bad] = [row for row in copied["rows"] if row[2] == "rejected"]
    assert bad[3][0]["column"] == "passport"


def test_an_error_in_a_copy_leaves_nothing(desk: Any) -> None:
    from django.db import transaction
    from django.db.utils import Error

    person = Person(journey_id="x" * 70, name="A", passport="M1", duplicate_key="k")
    with pytest.raises(Error), transaction.atomic():
        bulk.insert(Person.objects, [person] * bulk.FEW)
    assert not Person.objects.exists()


def test_who_asks_for_the_same_stands_as_if_decided_alone(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several on one flight the first is decided on; the rows of the others are what deciding each gives."""

    header = "name,passport,route,purpose,departure,origin,destination"
    ways = ["business,2020-05-22 09:30", "business,2020-05-06 09:30", "tourism,2020-05-22 09:30"]  # fine, late, not eligible
    lines = [f"LEE,M{number:07},kr-cn,{ways[number % 3]},KR-11,CN-SH" for number in range(12)]
    data = "\n".join([header, *lines]).encode()
    stored = imports.receive(SPONSOR, data, filename="r.csv", agreement=AGREEMENT, duties=["transport"], key="alike")
    assert isinstance(stored, Import)
    assert imports.process(stored.id)
    journeys = list(Journey.objects.all())
    assert len(journeys) == 12
    assert len({bytes(journey.standing) for journey in journeys}) == 12
    for journey in journeys:
        events = desk.journal.events(journey.id)
        row, deadlines = desk.project(desk.decide(events, journey.decided), events)
        assert bytes(journey.standing) == row.standing
        assert (journey.verdict, journey.next_due, journey.needed) == (row.verdict, row.next_due, row.needed)
        assert journey.deadlines.count() == len(deadlines)
    assert {journey.verdict for journey in journeys} == {"wait", "hold", "refuse"}
