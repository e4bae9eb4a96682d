"""The projections of journeys by which travellers are followed and contacts are found: check-ins, places, cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Subquery

from fastchannel.casework.projection import Row
from fastchannel.node import models
from fastchannel.terms.events import (
    Arrived,
    Boarded,
    Cleared,
    Confirmed,
    ContactNamed,
    Corrected,
    Entered,
    Event,
    Left,
    Moved,
    Recovered,
    Replanned,
)

_MOVES = (
    Arrived, Boarded, Cleared, Confirmed, ContactNamed, Corrected, Entered, Left, Moved, Recovered, Replanned,
)  # fmt: skip
_FOLLOWED = ("measure", "zone", "first", "stop", "day", "answers", "silent", "rung", "call_due", "symptoms")
_PLACES = ("origin", "destination", "arrival_place")
_CASE = ("number", "confirmed", "state")
LONGEST_PLACE, LONGEST_UNIT, LONGEST_CASE = 128, 32, 64


def moves(events: Iterable[Event]) -> bool:
    """Whether any of the events can change where the traveller was, or that they are a case or a contact of one."""
    return any(isinstance(event, _MOVES) for event in events)


def keep_followed(rows: Sequence[Row], *, fresh: bool = False) -> None:
    """Whose check-ins go on now, and how they stand. ``fresh`` says that none of the journeys was there before."""
    kept = [
        models.Followed(
            journey_id=row.journey,
            **{name: getattr(row, name) for name in _PLACES},
            **{name: getattr(row.followed, name) for name in _FOLLOWED},
        )
        for row in rows
        if row.followed is not None
    ]
    over = [] if fresh else [row.journey for row in rows if row.followed is None]
    if kept:
        models.Followed.objects.bulk_create(
            kept, update_conflicts=True, unique_fields=["journey"], update_fields=[*_PLACES, *_FOLLOWED]
        )
    if kept and not fresh:  # whoever was followed before may have been somebody's
        owner = models.Assignment.objects.filter(journey=OuterRef("pk")).values("owner")
        again = models.Followed.objects.filter(journey__in=[one.journey_id for one in kept], owner="")
        again.filter(Exists(owner)).update(owner=Subquery(owner))
    if over:
        models.Followed.objects.filter(journey__in=over).delete()


def keep_places(rows: Sequence[Row]) -> None:
    """Where the travellers were, and which of them are or were cases or contacts."""
    if not rows:
        return
    models.Whereabout.objects.filter(journey__in=[row.journey for row in rows]).delete()
    models.Whereabout.objects.bulk_create(
        [
            models.Whereabout(
                journey_id=row.journey,
                setting=one.setting.value,
                place=one.place[:LONGEST_PLACE],
                unit=one.unit[:LONGEST_UNIT],
                since=one.since,
                until=one.until,
            )
            for row in rows
            for one in row.places
        ]
    )
    cases = [(row, row.case) for row in rows if row.case is not None]
    models.Case.objects.bulk_create(
        [
            models.Case(
                journey_id=row.journey,
                number=one.number[:LONGEST_CASE],
                confirmed=one.confirmed,
                state=one.state.value,
            )
            for row, one in cases
        ],
        update_conflicts=True,
        unique_fields=["journey"],
        update_fields=list(_CASE),
    )
    models.NamedContact.objects.filter(journey__in=[row.journey for row in rows]).delete()
    models.NamedContact.objects.bulk_create(
        [
            models.NamedContact(
                journey_id=row.journey,
                case=one.case[:LONGEST_CASE],
                named=one.named,
                exposed=one.exposed,
                event=one.event,
                cleared=one.cleared,
            )
            for row in rows
            for one in row.contact_of
        ]
    )
