"""Parts of two texts compared by what they mean: dated values, open regions, what each party sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from fastchannel.agreement.changes import Kind, Touches
from fastchannel.agreement.measure_words import measure_title
from fastchannel.agreement.periods import Period, holds, nearest, next_day
from fastchannel.agreement.phrases import moment_words
from fastchannel.agreement.recorder import At, Recorder
from fastchannel.agreement.text import (
    AgreementText,
    Dated,
    MeasureText,
    PointOfEntryText,
    RegionText,
    RetentionText,
    RouteText,
    TriggerText,
    Varying,
    VisibilityText,
)
from fastchannel.agreement.vocabulary import EVENTS, FIELDS, RECORDS, Words
from fastchannel.terms.language import N_, pick
from fastchannel.terms.moments import Moment


@dataclass(frozen=True, slots=True)
class Part:
    """Dates throughout which either text says one thing."""

    since: date | None
    until: date | None
    old: Dated[Any]
    new: Dated[Any]


def cut(starts: Iterable[date | None]) -> list[Period]:
    """All dates in parts that begin where something changes."""
    return Period(date.min).cut(starts)


def parts(old: Varying[Any], new: Varying[Any], within: Period) -> Iterator[Part]:
    """The dates of a period in longest parts on which neither value changes."""
    starts = [start for value in (old, new) for item in value.values for start in (item.since, next_day(item.until))]
    found = [(period, nearest(old, period.since), nearest(new, period.since)) for period in within.cut(starts)]
    for _, group in groupby(found, lambda entry: (entry[1].is_, entry[2].is_)):
        run = list(group)
        first, last = run[0][0], run[-1][0]
        yield Part(None if first.since == within.since else first.since, last.until, *run[0][1:])


def noted_alike(old: Varying[Any], new: Varying[Any]) -> bool:
    """Whether the values that are the same in both rest on the same clauses, sources and remarks."""
    periods = cut(start for value in (old, new) for item in value.values for start in (item.since, next_day(item.until)))
    for period in periods:
        before, after = old.on(period.since), new.on(period.since)
        if before and after and before.is_ == after.is_ and _beside(before) != _beside(after):
            return False
    return True


def _beside(entry: Dated[Any]) -> tuple[str, str, str]:
    return entry.clause, entry.source, entry.note


@dataclass(frozen=True, slots=True)
class Regions:
    """Regions that open or close on a date."""

    since: date | None
    until: date | None
    opened: tuple[str, ...]
    closed: tuple[str, ...]
    clause: str


def regions(old: Sequence[RegionText], new: Sequence[RegionText], clause: str) -> list[Regions]:
    """Where one text opens regions that the other does not, by dates; ``clause`` is the route's own."""
    entries = (*old, *new)
    found: list[tuple[Period, tuple[str, ...], tuple[str, ...]]] = []
    for period in cut(start for entry in entries for start in (entry.since, next_day(entry.until))):
        before, after = _open(old, period.since), _open(new, period.since)
        opened = tuple(place for place in after if place not in before)
        closed = tuple(place for place in before if place not in after)
        found.append((period, opened, closed))
    changes = []
    for (opened, closed), group in groupby(found, lambda item: item[1:]):
        run = list(group)
        if opened or closed:
            since, until = run[0][0].since, run[-1][0].until
            cited = ", ".join(dict.fromkeys(entry.clause for entry in new if set(entry.places) & set(opened))) or clause
            changes.append(Regions(None if since == date.min else since, until, opened, closed, cited))
    return changes


def _open(entries: Sequence[RegionText], on: date) -> list[str]:
    here = Period(on, on)
    return list(dict.fromkeys(place for item in entries if holds(item.since, item.until, here) for place in item.places))


def region_notes(entries: Sequence[RegionText]) -> set[tuple[str, date, date | None, str, str, str]]:
    """What is written beside each region: its dates, clause, source and remark."""
    return {(place, item.since, item.until, item.clause, item.source, item.note) for item in entries for place in item.places}


@dataclass(frozen=True, slots=True)
class Sight:
    """What a party sees of a kind of event and did not, or did and does not."""

    party: str
    event: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    shown: bool  # the kind of event is shown now
    was_shown: bool
    until: tuple[Moment | None, ...]
    was_until: tuple[Moment | None, ...]
    clause: str
    other_clock: bool = False  # it is read or answered within another time


def sights(old: Sequence[VisibilityText], new: Sequence[VisibilityText]) -> list[Sight]:
    """Where two texts differ in what a party sees."""
    before, after = _seen(old), _seen(new)
    changes = []
    for key in [*after, *(key for key in before if key not in after)]:
        was, now = before.get(key), after.get(key)
        gained = tuple(field for field in (now.fields if now else ()) if not was or field not in was.fields)
        lost = tuple(field for field in (was.fields if was else ()) if not now or field not in now.fields)
        until, was_until = (now.until if now else ()), (was.until if was else ())
        clock, was_clock = (now.clock if now else ()), (was.clock if was else ())
        if gained or lost or bool(now) != bool(was) or (until, clock) != (was_until, was_clock):
            clause = (now or was).clause if now or was else ""  # type: ignore[union-attr]
            changes.append(
                Sight(*key, gained, lost, now is not None, was is not None, until, was_until, clause, clock != was_clock)
            )
    return changes


@dataclass(slots=True)
class _Seen:
    fields: tuple[str, ...] = ()
    until: tuple[Moment | None, ...] = ()
    clause: str = ""
    clock: tuple[str, ...] = ()  # how soon it is read and answered


def _seen(entries: Sequence[VisibilityText]) -> dict[tuple[str, str], _Seen]:
    seen: dict[tuple[str, str], _Seen] = defaultdict(_Seen)
    for entry in entries:
        for event in entry.event:
            for party in entry.to:
                here = seen[party, event]
                here.fields = tuple(dict.fromkeys([*here.fields, *entry.fields]))
                here.until = tuple(sorted({*here.until, entry.until}, key=str))
                here.clause = here.clause or entry.clause
                here.clock = tuple(sorted({*here.clock, f"{entry.read_within} {entry.answered_within}"}))
    return dict(seen)


def entry_name(entry: Any, words: Words) -> str:
    """What an entry of a list is called; empty where it has no name."""
    if isinstance(entry, MeasureText):
        return measure_title(entry, words)  # type: ignore[arg-type]
    if isinstance(entry, PointOfEntryText):
        return words.place(entry.place)
    if isinstance(entry, RetentionText):
        return words.of(RECORDS, entry.what)
    if isinstance(entry, TriggerText):
        return pick(entry.title, words.language) if entry.title else entry.id
    for attribute in ("name", "text"):
        if texts := getattr(entry, attribute, None):
            return pick(texts, words.language)
    return ""


OPENED = {
    "region": (N_("One more region opens on the {route}: {places}."), N_("{n} more regions open on the {route}: {places}.")),
    "origin": (
        N_("On the {route}, travellers may come from one more region: {places}."),
        N_("On the {route}, travellers may come from {n} more regions: {places}."),
    ),
}
CLOSED = {
    "region": (
        N_("One region is no longer open on the {route}: {places}."),
        N_("{n} regions are no longer open on the {route}: {places}."),
    ),
    "origin": (
        N_("On the {route}, travellers may no longer come from one region: {places}."),
        N_("On the {route}, travellers may no longer come from {n} regions: {places}."),
    ),
}


def compare_regions(record: Recorder, old: RouteText, new: RouteText, at: At) -> None:
    """Regions that open and close, as destinations and as origins."""
    _compare_regions(record, old.region, new.region, at, "region")
    if bool(old.origin) == bool(new.origin):
        _compare_regions(record, old.origin, new.origin, at, "origin")
        return
    names = {"place": at.place, "what": record.words.say(N_("the regions that travellers may come from"))}
    places = record.words.places(place for entry in (*old.origin, *new.origin) for place in entry.places)
    limited = N_("{place}, {what}: now only {places}, before all.")
    every = N_("{place}, {what}: now all, before only {places}.")
    text = record.words.say(limited if new.origin else every, **names, places=places)
    record.say(at.to("origin"), Kind.CHANGED, text, who=None if new.origin else Touches.NOBODY)


def _compare_regions(record: Recorder, old: Sequence[RegionText], new: Sequence[RegionText], at: At, field: str) -> None:
    found = regions(old, new, at.clause)
    for change in found:
        here = at.to(field, clause=change.clause)
        for places, messages, kind in ((change.opened, OPENED, Kind.OPENED), (change.closed, CLOSED, Kind.CLOSED)):
            if places:
                message = messages[field][0 if len(places) == 1 else 1]
                text = record.words.say(message, route=at.place, n=len(places), places=record.words.places(places))
                who = Touches.NOBODY if kind is Kind.OPENED else None
                record.say(here, kind, text, since=change.since, until=change.until, who=who)
    moved = {place for change in found for place in (*change.opened, *change.closed)}
    before, after = ({item for item in region_notes(side) if item[0] not in moved} for side in (old, new))
    if not found and old != new:
        message = N_("The regions of the {route} are written differently; the same are open on the same dates.")
        record.say(at.to(field), Kind.WORDING, record.words.say(message, route=at.place))
    elif before != after:
        message = N_("Regions of the {route} that stay open have other clauses, sources or remarks.")
        record.say(at.to(field), Kind.WORDING, record.words.say(message, route=at.place))


def compare_visibility(record: Recorder, old: AgreementText, new: AgreementText, at: At) -> None:
    """What each party sees."""
    found = sights(old.visibility, new.visibility)
    for sight in found:
        here = at.to("visibility", sight.event, sight.party, clause=sight.clause)
        names = {"party": record.words.place(sight.party), "event": record.words.of(EVENTS, sight.event)}
        if sight.gained:
            fields_ = record.words.listed(record.words.of(FIELDS, name) for name in sight.gained)
            message = N_("{party} now also sees of “{event}”: {fields}.")
            record.say(here, Kind.ADDED, record.words.say(message, **names, fields=fields_))
        elif sight.shown and not sight.was_shown:
            record.say(here, Kind.ADDED, record.words.say(N_("{party} now sees “{event}”."), **names))
        if sight.lost and sight.shown:
            fields_ = record.words.listed(record.words.of(FIELDS, name) for name in sight.lost)
            message = N_("{party} no longer sees of “{event}”: {fields}.")
            record.say(here, Kind.REMOVED, record.words.say(message, **names, fields=fields_))
        elif sight.was_shown and not sight.shown:
            record.say(here, Kind.REMOVED, record.words.say(N_("{party} no longer sees “{event}”."), **names))
        if sight.shown and sight.was_shown and sight.until != sight.was_until:
            before, after = _ends(sight.was_until, record.old_words), _ends(sight.until, record.words)
            message = N_("{party} sees “{event}” until “{new}” instead of “{old}”.")
            record.say(here, Kind.CHANGED, record.words.say(message, **names, old=before, new=after))
        if sight.shown and sight.was_shown and sight.other_clock:
            message = N_("{party} reads or answers “{event}” within another time than before.")
            record.say(here, Kind.CHANGED, record.words.say(message, **names))
    if not found and old.visibility != new.visibility:
        message = N_("What each party sees is written differently; each sees the same as before.")
        record.say(at.to("visibility"), Kind.WORDING, record.words.say(message))


def _ends(until: Sequence[Moment | None], words: Words) -> str:
    return words.listed(moment_words(end, words.language) if end else words.say(N_("no end set")) for end in until)
