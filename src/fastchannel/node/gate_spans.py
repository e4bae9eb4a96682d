"""How travellers' cases will look at a gate, kept in this process until something is recorded of them.

Bundles are asked for by several devices, again and again, and deciding is what they cost.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastchannel.casework.errors import CaseworkError
from fastchannel.casework.gate_bundle import Span, milliseconds
from fastchannel.casework.gate_expected import spans_of
from fastchannel.node import models
from fastchannel.node.desk import office
from fastchannel.terms.events import Event, decode

AHEAD = timedelta(hours=6)  # looked at beyond the bundle, so that later bundles need not look again
MOST_KEPT = 50_000
Key = tuple[str, str]  # journey and gate


@dataclass(frozen=True, slots=True)
class _Kept:
    revision: int  # of the journey: it counts the events
    texts: tuple[str, ...]  # digests of the agreements by which it was decided
    since: datetime
    until: datetime
    spans: tuple[Span, ...]


_kept: dict[Key, _Kept] = {}
_lock = threading.Lock()


def spans_for(
    journeys: Sequence[tuple[str, int]], gate: str, now: datetime, made: datetime, until: datetime
) -> dict[str, tuple[Span, ...]]:
    """Of each journey with its revision: from ``made``, as known ``now``, to ``until``. In one query, or none."""
    texts = tuple(sorted(text.digest for versions in office().texts.all().values() for text in versions))
    with _lock:
        known = {journey: _kept.get((journey, gate)) for journey, _ in journeys}
    found = {
        journey: one
        for journey, revision in journeys
        if (one := known[journey]) is not None
        and (one.revision, one.texts) == (revision, texts)
        and one.since <= now
        and one.until >= until
    }
    fresh = [(journey, revision) for journey, revision in journeys if journey not in found]
    if fresh:
        events = _events([journey for journey, _ in fresh])
        for journey, revision in fresh:
            since, spans = _looked_at(events.get(journey, ()), gate, now, until + AHEAD)
            found[journey] = _Kept(len(events.get(journey, ())) or revision, texts, since, until + AHEAD, spans)
        with _lock:
            if len(_kept) > MOST_KEPT:
                _kept.clear()
            _kept.update({(journey, gate): found[journey] for journey, _ in fresh})
    return {journey: _cut(one.spans, now, made, until) for journey, one in found.items()}


def _events(journeys: Sequence[str]) -> dict[str, tuple[Event, ...]]:
    found: dict[str, list[Event]] = {}
    rows = models.Event.objects.filter(journey__in=journeys).order_by("seq").values_list("journey_id", "body")
    for journey, body in rows:
        found.setdefault(journey, []).append(decode(bytes(body)))
    return {journey: tuple(events) for journey, events in found.items()}


def _looked_at(events: tuple[Event, ...], gate: str, now: datetime, until: datetime) -> tuple[datetime, tuple[Span, ...]]:
    """From when, and how. A case that cannot be decided is for an officer, and holds up nobody else's."""
    desk = office()
    start = max(now, desk.now_for(events)) if events else now
    try:
        return now, spans_of(desk.decide, events, gate, start, until) if start < until else ()
    except CaseworkError:
        return now, ()


def _cut(spans: tuple[Span, ...], now: datetime, made: datetime, until: datetime) -> tuple[Span, ...]:
    """From the instant that the bundle is of; what has been recorded since is known to it all the same."""
    here = [one for one in spans if one.end > milliseconds(now) and one.start < milliseconds(until)]
    if not here:
        return ()
    here[0] = Span(milliseconds(made), here[0].end, here[0].colour, here[0].reason)
    last = here[-1]
    here[-1] = Span(last.start, min(last.end, milliseconds(until)), last.colour, last.reason)
    return tuple(here)
