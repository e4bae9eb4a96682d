"""What will be erased when: the journeys whose travellers are named here still, by how long that lasts."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from msgspec import Struct

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.text import Record
from fastchannel.node.desk import office
from fastchannel.node.figures import Found, found

WITHIN = (timedelta(days=7), timedelta(days=30), timedelta(days=90))
_COUNT = """
SELECT agreement, version,
       count(*) FILTER (WHERE ended IS NOT NULL AND erased IS NULL),
       count(*) FILTER (WHERE ended IS NULL),
       count(*) FILTER (WHERE erased IS NOT NULL),
       count(*) FILTER (WHERE erased IS NULL AND ended + kept <= %s),
       count(*) FILTER (WHERE erased IS NULL AND ended + kept <= %s),
       count(*) FILTER (WHERE erased IS NULL AND ended + kept <= %s),
       count(*) FILTER (WHERE erased IS NULL AND ended + kept <= %s)
FROM node_journey
JOIN unnest(%s::text[], %s::int[], %s::interval[]) AS held (agreement, version, kept) USING (agreement, version)
GROUP BY agreement, version ORDER BY agreement, version
"""


class Planned(Struct, frozen=True, kw_only=True):
    """One version of an agreement: for how long names are kept after a journey's end, and how many go when.

    ``due`` are past their time and go at the next turn; ``within`` go within 7, 30 and 90 days, each number including the one
    before; ``later`` after that; ``open`` journeys have not ended; ``erased`` are gone already.
    """

    agreement: str
    version: int
    kept: timedelta
    due: int
    within: tuple[int, ...]
    later: int
    open: int
    erased: int


def retention(text: Agreement) -> timedelta:
    """For how long after its end a journey's names are kept: as the text says, else as the node is set."""
    kept = text.kept(Record.IDENTITY)
    return timedelta(days=settings.CONFIG.retention_days) if kept is None else kept


def planned(*, anew: bool = False) -> Found[list[Planned]]:
    """Every version under which somebody travelled; of a large record, as of a few minutes ago."""
    now = office().clock.now()
    return found("erasure", list[Planned], lambda: _planned(now), now=now, anew=anew)


def _planned(now: datetime) -> list[Planned]:
    kept = {(text.id, text.version): retention(text) for versions in office().texts.all().values() for text in versions}
    if not kept:
        return []
    names, numbers = [name for name, _ in kept], [number for _, number in kept]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [*(now + span for span in (timedelta(), *WITHIN)), names, numbers, list(kept.values())])
        rows = cursor.fetchall()
    return [
        Planned(
            agreement=agreement,
            version=version,
            kept=kept[agreement, version],
            due=due,
            within=tuple(within),
            later=ended - within[-1],
            open=still_open,
            erased=erased,
        )
        for agreement, version, ended, still_open, erased, due, *within in rows
    ]
