"""The walk through two versions of a text side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

from fastchannel.agreement import semantic
from fastchannel.agreement.changes import Change, Kind, Touches, touched_words, touches
from fastchannel.agreement.explain_measure import exception_sentences, measure_sentences, who_words
from fastchannel.agreement.labels import label, value_words
from fastchannel.agreement.periods import period_of
from fastchannel.agreement.phrases import day
from fastchannel.agreement.recorder import At, Recorder
from fastchannel.agreement.suspension_words import trigger_sentences
from fastchannel.agreement.text import (
    AgencyText,
    AgreementText,
    DutyText,
    Except,
    Heading,
    MeasureText,
    PartyText,
    RetentionText,
    RouteText,
    TriggerText,
    Varying,
    key_of,
)
from fastchannel.terms.language import N_, pick

REMARKS = frozenset({"source", "note", "clause", "title", "name", "changes"})  # they change no rule
MATCHED: dict[type, Callable[[Any], Any]] = {  # what makes entries of two lists the same entry
    AgencyText: lambda item: item.id,
    DutyText: lambda item: item.id,
    TriggerText: lambda item: item.id,
    RetentionText: lambda item: item.what,
    Except: lambda item: (item.where, item.holds_from, item.holds_until),
}
DATES = frozenset({"holds_from", "holds_until", "since", "until"})
OPENS = frozenset({"purposes", "companions", "onward_to", "allowed"})  # more of these takes nothing from anybody


class Comparison(Recorder):
    """Compares two texts; `run` gives the changes."""

    def run(self) -> list[Change]:
        """All changes, in the order of the newer text."""
        title = pick(self.newer.agreement.title, self.words.language)
        everyone = self.words.say(N_("all travellers"))
        self.table(self.older, self.newer, At(place=title, who=everyone))
        return self.changes

    def table(self, old: Any, new: Any, at: At) -> None:
        """Two tables of the same kind, field by field."""
        at = replace(at, clause=getattr(new, "clause", "") or at.clause, owner=type(new).__name__)
        skip = self.special(old, new, at)
        for item in fields(new):
            before, after = getattr(old, item.name), getattr(new, item.name)
            if before != after and item.name not in skip:
                self.value(before, after, at.to(key_of(item.name)), item.name, type(new))

    def special(self, old: Any, new: Any, at: At) -> frozenset[str]:
        """What is compared by its meaning rather than field by field; gives the fields that are done with it."""
        if isinstance(new, Heading) and new.version > old.version:
            date_words = day(new.in_force, self.words.language)
            message = N_("Version {new} replaces version {old}, in force from {date}.")
            text = self.words.say(message, new=new.version, old=old.version, date=date_words)
            self.changes.append(
                Change(
                    path=at.to("version").path,
                    kind=Kind.VERSION,
                    since=new.in_force,
                    touches=touches(self.newer),
                    who=at.who,
                    clause=new.clause,
                    sentence=self.joined([text, touched_words(touches(self.newer), new.in_force, self.newer, self.words)]),
                )
            )
            return frozenset({"version", "in_force", "adopted", "first_in_force", "changes"})
        if isinstance(new, RouteText):
            semantic.compare_regions(self, old, new, at)
            return frozenset({"region", "origin"})
        if isinstance(new, AgreementText):
            semantic.compare_visibility(self, old, new, at)
            return frozenset({"visibility"})
        return frozenset()

    def value(self, old: Any, new: Any, at: At, field: str, owner: type) -> None:
        """One field that differs."""
        if isinstance(new, Varying) and isinstance(old, Varying):
            self.varying(old, new, at, field)
        elif is_dataclass(new) and type(new) is type(old) and hasattr(new, "clause") and not isinstance(new, Varying):
            self.table(old, new, at)
        elif isinstance(new, dict) and field in ("party", "route", "words", "zones", "shares", "changes_of"):
            self.named(old, new, at, field)
        elif isinstance(new, tuple) and isinstance(old, tuple):
            entries = [*old, *new]
            if any(hasattr(entry, "clause") or isinstance(entry, AgencyText) for entry in entries):
                self.entries(old, new, at, field)
            else:
                self.members(old, new, at, field)
        elif field == "changes" and owner is Except:
            self.named(old, new, at, "changes_of")
        else:
            self.plain(old, new, at, field)

    def plain(self, old: Any, new: Any, at: At, field: str, since: date | None = None, until: date | None = None) -> None:
        """One value against another."""
        if field in DATES and (new is None or isinstance(new, date)):
            self.dates(new, at, field)
            return
        names = {"place": at.place, "what": label(at.owner, field, self.words)}
        before = value_words(old, field, self.old_words, at.old_route).rstrip(".。")
        after = value_words(new, field, self.words, at.route).rstrip(".。")
        if before == after:  # words in another language, or a difference that words do not show
            sentence = self.words.say(N_("{place}, {what}: written differently."), **names)
        elif new in (None, (), "", {}):
            sentence = self.words.say(N_("{place}, {what}: now nothing, before “{old}”."), **names, old=before)
        elif old in (None, (), "", {}):
            sentence = self.words.say(N_("{place}, {what}: now “{new}”, before nothing."), **names, new=after)
        else:
            sentence = self.words.say(N_("{place}, {what}: now “{new}”, before “{old}”."), **names, old=before, new=after)
        self.say(at, Kind.WORDING if field in REMARKS else Kind.CHANGED, sentence, since=since, until=until)

    def dates(self, new: date | None, at: At, field: str) -> None:
        """The first or last date on which something holds."""
        first = field in ("holds_from", "since")
        if new is None:
            message = N_("{place}: this now has no first date.") if first else N_("{place}: this now has no last date.")
            sentence = self.words.say(message, place=at.place)
        else:
            message = N_("{place}: this now holds from {date}.") if first else N_("{place}: this now holds until {date}.")
            sentence = self.words.say(message, place=at.place, date=day(new, self.words.language))
        self.say(at, Kind.CHANGED, sentence, prefixed=False)

    def members(
        self,
        old: Sequence[Any],
        new: Sequence[Any],
        at: At,
        field: str,
        since: date | None = None,
        until: date | None = None,
    ) -> None:
        """Two lists of plain values, by what is in them."""
        names = {"place": at.place, "what": label(at.owner, field, self.words)}
        gone, added = Counter(map(str, old)) - Counter(map(str, new)), Counter(map(str, new)) - Counter(map(str, old))
        if field in ("either", "missed") or not old or not new:
            self.plain(old, new, at, field, since, until)
            return
        if added:
            items = value_words(tuple(item for item in new if str(item) in added), field, self.words, at.route)
            sentence = self.words.say(N_("{place}, {what}: now also {items}."), **names, items=items)
            self.say(at, Kind.ADDED, sentence, who=Touches.NOBODY if field in OPENS else None, since=since, until=until)
        if gone:
            items = value_words(tuple(item for item in old if str(item) in gone), field, self.old_words, at.old_route)
            sentence = self.words.say(N_("{place}, {what}: no longer {items}."), **names, items=items)
            self.say(at, Kind.REMOVED, sentence, since=since, until=until)
        if not added and not gone:
            self.say(at, Kind.WORDING, self.words.say(N_("{place}, {what}: listed in another order."), **names))

    def varying(self, old: Varying[Any], new: Varying[Any], at: At, field: str) -> None:
        """Two values as functions of the date."""
        rules = False
        for part in semantic.parts(old, new, self.spoken_of):
            before, after = part.old.is_, part.new.is_
            if before == after:
                continue
            rules = True
            here = replace(at, clause=part.new.clause or at.clause)
            if isinstance(before, tuple) and isinstance(after, tuple):
                self.members(before, after, here, field, part.since, part.until)
            else:
                self.plain(before, after, here, field, part.since, part.until)
        if not rules or not semantic.noted_alike(old, new):
            message = N_("{place}, {what}: other clauses, sources, remarks or another division by dates.")
            sentence = self.words.say(message, place=at.place, what=label(at.owner, field, self.words))
            self.say(at, Kind.WORDING, sentence)

    def named(self, old: dict[str, Any], new: dict[str, Any], at: At, field: str) -> None:
        """Two tables whose keys are names that the text chose."""
        for key in [*new, *(key for key in old if key not in new)]:
            before, after = old.get(key), new.get(key)
            if before == after:
                continue
            if field == "changes_of":
                self.excepted(before, after, at.to(key_of(key)), key)
                continue
            here = self.inside(field, key, before, after, at.to(key))
            if isinstance(before, RouteText | PartyText) and isinstance(after, RouteText | PartyText):
                self.table(before, after, here)
            else:
                self.entry(before, after, here, field, key)

    def inside(self, field: str, key: str, old: Any, new: Any, at: At) -> At:
        if field == "route":
            route = new or old
            title = (self.words if new else self.old_words).route(key)
            return replace(
                at,
                place=self.words.say(N_("route “{route}”"), route=title),
                who=title,
                clause=route.clause,
                old_route=old,
                route=new,
            )
        return replace(at, place=self.words.place(key)) if field == "party" else at

    def entry(self, old: Any, new: Any, at: At, field: str, key: str) -> None:
        """A named entry that is there in one text only, or whose plain value differs."""
        what = label("", field, self.words)
        kind = Kind.WORDING if field == "words" else Kind.CHANGED
        name = {"route": at.place, "party": at.place}.get(field) or self.words.term(key)
        if old is None:
            message = N_("New among {what}: {name}.")
            self.say(at, Kind.WORDING if field == "words" else Kind.ADDED, self.words.say(message, what=what, name=name))
        elif new is None:
            message = N_("No longer among {what}: {name}.")
            self.say(at, Kind.WORDING if field == "words" else Kind.REMOVED, self.words.say(message, what=what, name=name))
        else:
            message = N_("Among {what}, {name}: now “{new}”, before “{old}”.")
            before, after = value_words(old, "note", self.old_words), value_words(new, "note", self.words)
            self.say(at, kind, self.words.say(message, what=what, name=name, old=before, new=after))

    def excepted(self, old: Any, new: Any, at: At, field: str) -> None:
        """A value that an exception gives anew."""
        self.plain(old, new, at, field)

    def entries(self, old: Sequence[Any], new: Sequence[Any], at: At, field: str) -> None:
        """Two lists of tables, matched by what identifies each."""
        before, after = _keyed(old), _keyed(new)
        for key, entry in after.items():
            here = self.at_entry(entry, at)
            if key not in before:
                self.appeared(entry, here, field)
            elif before[key] != entry:
                self.table(before[key], entry, here)
        for key, entry in before.items():
            if key not in after:
                self.disappeared(entry, self.at_entry(entry, at, old=True), field)
        common = [key for key in after if key in before]
        if common != [key for key in before if key in after]:
            message = N_("{place}, {what}: now in another order.")
            kind = Kind.ORDER if field == "measure" else Kind.WORDING
            what = label(at.owner, field, self.words)
            self.say(at, kind, self.words.say(message, place=at.place, what=what), who=Touches.NOBODY)

    def at_entry(self, entry: Any, at: At, *, old: bool = False) -> At:
        """The place of an entry in words."""
        words = self.old_words if old else self.words
        identifier = getattr(entry, "id", "") or str(getattr(entry, "what", ""))
        here = at.to(identifier) if identifier else at
        here = replace(here, clause=getattr(entry, "clause", "") or at.clause)
        name = semantic.entry_name(entry, words)
        if isinstance(entry, Except):
            who = who_words(entry.where, words)
            return replace(here, place=words.say(N_("{place}, for {who}"), place=at.place, who=who), who=who)
        who = who_words(entry.for_, words) if isinstance(entry, MeasureText) and entry.for_ else at.who
        if not name:
            return replace(here, who=who)
        return replace(here, place=words.say(N_("{place}, “{name}”"), place=at.place, name=name), who=who)

    def appeared(self, entry: Any, at: At, field: str) -> None:
        """An entry that only the newer text has, with what it says."""
        message = N_("{place}: this is new.")
        said = [self.words.say(message, place=at.place), *self.contents(entry, at)]
        since = getattr(entry, "holds_from", None) or getattr(entry, "since", None)
        until = getattr(entry, "holds_until", None) or getattr(entry, "until", None)
        self.say(
            at,
            Kind.ADDED,
            self.joined(said),
            since=since if isinstance(since, date) else None,
            until=until if isinstance(until, date) else None,
            who=Touches.NOBODY if field in ("point_of_entry", "agency") else None,
        )

    def contents(self, entry: Any, at: At) -> list[str]:
        """What an entry says, in the sentences that the explanation has for it."""
        period = period_of(self.newer)
        if isinstance(entry, MeasureText | Except):  # the dates are said before it
            period = period.overlap(entry.holds_from, entry.holds_until) or period
        if isinstance(entry, MeasureText) and at.route:
            measure = next((item for item in at.route.measure if item is entry), None)
            sentences = measure_sentences(measure, at.route, period, self.words) if measure else ()
            return [sentence.text for sentence in sentences]
        if isinstance(entry, Except) and at.route:
            measure = next((item for item in at.route.measure if entry in item.except_), None)
            found = exception_sentences(measure, entry, at.route, period, self.words) if measure else ()
            return [text for _, text in found]
        return list(trigger_sentences(entry, self.words)) if isinstance(entry, TriggerText) else []

    def disappeared(self, entry: Any, at: At, field: str) -> None:
        """An entry that only the older text has."""
        self.say(at, Kind.REMOVED, self.words.say(N_("{place}: this no longer holds."), place=at.place))


def _keyed(entries: Sequence[Any]) -> dict[Any, Any]:
    """Entries by what identifies them; a second one of the same identity is told apart by its number."""
    keyed: dict[Any, Any] = {}
    seen: Counter[Any] = Counter()
    for entry in entries:
        identity = (entry.id, entry.KIND) if isinstance(entry, MeasureText) else MATCHED.get(type(entry), str)(entry)
        seen[identity] += 1
        keyed[identity, seen[identity]] = entry
    return keyed
