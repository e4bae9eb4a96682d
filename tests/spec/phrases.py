"""The sentences that say what happened, each made into one event or several: a table of forms, tried in order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from fastchannel.terms import events as ev
from fastchannel.terms.events import Event, Role
from tests.spec.moments import Calendar, WritingError

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One line of a story: its name, its time as written, and what happened."""

    label: str
    when: str
    what: str
    recorded: str = ""


@dataclass(slots=True, kw_only=True)
class Context:
    """What a sentence may lean on: the traveller's particulars, the calendar, and the sentences before it."""

    journey: str
    calendar: Calendar
    application: Fields
    duties: tuple[str, ...] = ()
    assays: dict[str, tuple[str, str]] = field(default_factory=dict)  # sample → assay, laboratory
    told: dict[str, Event] = field(default_factory=dict)


def itinerary(calendar: Calendar, particulars: Mapping[str, str]) -> ev.Itinerary:
    """The planned crossing of a story's particulars."""
    known = {"departure", "origin", "destination", "via", "city", "point_of_entry", "flight"}
    if unknown := set(particulars) - known:
        raise WritingError(
            f"unknown particulars of an itinerary: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}"
        )
    return ev.Itinerary(
        departure=calendar.instant(particulars["departure"]),
        origin=particulars["origin"],
        destination=particulars["destination"],
        arrival_place=particulars.get("via"),
        city=particulars.get("city"),
        point_of_entry=particulars.get("point_of_entry"),
        flight=particulars.get("flight"),
    )


def label_of(what: str, number: int) -> str:
    """The name by which other sentences call an event that was not given one."""
    for form, label in _LABELS.items():
        if found := re.match(form, what):
            return label.format(*found.groups())
    return f"event-{number}"


_LABELS = {
    r"applied\b": "application",
    r"sponsor accepts\b": "acceptance",
    r"approved\b": "approval",
    r"boarded\b": "boarding",
    r"arrived\b": "landing",
    r"withdrawn\b": "withdrawal",
    r"check-in every day\b": "diary",
    r"sample ([\w-]+)": "{0}",
    r"result of ([\w-]+)": "{0}-result",
    r"document ([\w-]+)": "{0}",
    r"entered ([\w-]+)": "{0}-entry",
    r"left ([\w-]+)": "{0}-end",
    r"moved by ([\w-]+)": "{0}-ride",
}


def tell(sentence: Sentence, context: Context) -> Iterator[Event]:
    """The events of one sentence. Raises WritingError."""
    at = context.calendar.instant(sentence.when)
    recorded = context.calendar.instant(sentence.recorded) if sentence.recorded else at
    for number, fields in enumerate(_read(sentence.what, at, context), 1):
        kind = fields["kind"]
        many = sentence.what.startswith("check-in every day")
        late = {"recorded": max(recorded, fields.get("at", at))} if many else {"recorded": recorded}
        event = _event(
            {
                "id": f"{sentence.label}-{number}" if many else sentence.label,
                "journey": context.journey,
                "at": at,
                "role": _ROLES.get(kind, Role.SYSTEM),
                **fields,
                **late,
            }
        )
        context.told[event.id] = event
        yield event


def _event(fields: Fields) -> Event:
    try:
        return ev.from_fields(msgspec.to_builtins(fields, builtin_types=(datetime,)))
    except ev.EventError as error:
        raise WritingError(str(error)) from error


def _read(what: str, at: datetime, context: Context) -> list[Fields]:
    for form, build in _FORMS:
        if found := form.fullmatch(what):
            return build(found, at, context)
    raise WritingError(f'no form of sentence fits "{what}"; tests/spec/phrases.py lists them')


_ROLES = {
    "applied": Role.SPONSOR,
    "replanned": Role.SPONSOR,
    "sponsored": Role.SPONSOR,
    "documented": Role.REVIEWER,
    "reviewed": Role.REVIEWER,
    "allotted": Role.REVIEWER,
    "checked-in": Role.TRAVELLER,
    "called": Role.MONITOR,
    "sampled": Role.LABORATORY,
    "resulted": Role.LABORATORY,
    "boarded": Role.CARRIER,
    "denied": Role.CHECKPOINT,
    "arrived": Role.CHECKPOINT,
    "entered": Role.SITE,
    "moved": Role.SPONSOR,
    "left": Role.SITE,
    "breached": Role.SITE,
    "confirmed": Role.MONITOR,
    "recovered": Role.MONITOR,
    "contact-named": Role.MONITOR,
    "cleared": Role.MONITOR,
    "overridden": Role.REVIEWER,
    "appealed": Role.TRAVELLER,
    "answered": Role.REVIEWER,
    "corrected": Role.REVIEWER,
    "withdrawn": Role.SPONSOR,
}

_Found = re.Match[str]


def _applied(found: _Found, at: datetime, context: Context) -> list[Fields]:
    named = {"digest": found["digest"]} if found["digest"] else {}
    return [{"kind": "applied", "by": context.application["sponsor"], **context.application, **named}]


def _replanned(found: _Found, at: datetime, context: Context) -> list[Fields]:
    old = context.application["itinerary"]
    changes: Fields = dict(part.split(" ", maxsplit=1) for part in found["changes"].split(", "))
    changes = {{"via": "arrival_place"}.get(key, key): value for key, value in changes.items()}
    if "departure" in changes:
        changes["departure"] = context.calendar.instant(changes["departure"])
    return [{"kind": "replanned", "itinerary": msgspec.to_builtins(old, builtin_types=(datetime,)) | changes}]


def _sponsored(found: _Found, at: datetime, context: Context) -> list[Fields]:
    duties = list(context.duties) if found["duties"] == "every duty" else found["duties"].split(", ")
    if found["except"]:
        duties = [duty for duty in duties if duty not in found["except"].split(", ")]
    return [{"kind": "sponsored", "sponsor": context.application["sponsor"], "duties": duties}]


def _reviewed(found: _Found, at: datetime, context: Context) -> list[Fields]:
    return [{"kind": "reviewed", "outcome": found["outcome"], "by": found["by"], "reason": found["reason"] or ""}]


def _allotted(found: _Found, at: datetime, context: Context) -> list[Fields]:
    return [{"kind": "allotted", "quota": found["quota"], "granted": found["no"] is None}]


def _documented(found: _Found, at: datetime, context: Context) -> list[Fields]:
    calendar = context.calendar
    return [
        {
            "kind": "documented",
            "document": found["document"],
            "issuer": found["issuer"],
            "issued": calendar.instant(found["issued"]) if found["issued"] else at,
            "expires": calendar.instant(found["expires"]) if found["expires"] else None,
            "bound": found["other"] is None,
            "accepted": found["refused"] is None,
        }
    ]


def _checked_in(found: _Found, at: datetime, context: Context) -> list[Fields]:
    day = context.calendar.day(found["day"]) if found["day"] else at.date()
    return [{"kind": "checked-in", "day": day, "symptoms": found["symptoms"] is not None}]


def _every_day(found: _Found, at: datetime, context: Context) -> list[Fields]:
    last = context.calendar.day(found["day"])
    days = (last - at.date()).days + 1
    # Wall time in the zone of `at`: adding days to an aware time keeps the clock's hands where they are.
    return [
        {"kind": "checked-in", "day": (at + timedelta(days=number)).date(), "at": at + timedelta(days=number)}
        for number in range(days)
    ]


def _called(found: _Found, at: datetime, context: Context) -> list[Fields]:
    day = context.calendar.day(found["day"]) if found["day"] else at.date()
    return [{"kind": "called", "day": day, "reached": found["silent"] is None, "symptoms": found["symptoms"] is not None}]


def _reminded(found: _Found, at: datetime, context: Context) -> list[Fields]:
    return [{"kind": "reminded", "day": at.date(), "measure": found["measure"], "rung": found["rung"]}]


def _sampled(found: _Found, at: datetime, context: Context) -> list[Fields]:
    context.assays[found["sample"]] = (found["assay"], found["laboratory"])
    return [
        {
            "kind": "sampled",
            "sample": found["sample"],
            "assay": found["assay"],
            "laboratory": found["laboratory"],
        }
    ]


def _resulted(found: _Found, at: datetime, context: Context) -> list[Fields]:
    taken = context.assays.get(found["sample"])
    assay, laboratory = taken or (found["assay"], found["laboratory"])
    if not assay or not laboratory:
        raise WritingError(f'no sentence takes the sample "{found["sample"]}": say ", for naat, at …" with its result')
    return [
        {
            "kind": "resulted",
            "sample": found["sample"],
            "assay": found["assay"] or assay,
            "laboratory": found["laboratory"] or laboratory,
            "finding": found["finding"],
            "sampled": context.calendar.instant(found["sampled"]) if found["sampled"] else None,
        }
    ]


def _suspended(found: _Found, at: datetime, context: Context) -> list[Fields]:
    calendar = context.calendar
    return [
        {
            "kind": "suspended",
            "trigger": found["trigger"],
            "since": calendar.instant(found["since"]),
            "until": calendar.instant(found["until"]) if found["until"] else None,
        }
    ]


def _overridden(found: _Found, at: datetime, context: Context) -> list[Fields]:
    return [
        {
            "kind": "overridden",
            "by": found["by"],
            "measure": found["measure"],
            "reason": found["reason"],
            "waive": found["verb"] == "waives",
            "until": context.calendar.instant(found["until"]) if found["until"] else None,
        }
    ]


def _answered(found: _Found, at: datetime, context: Context) -> list[Fields]:
    upheld = found["answer"] == "upheld"
    return [{"kind": "answered", "appeal": found["appeal"], "upheld": upheld, "reason": found["reason"]}]


def _corrected(found: _Found, at: datetime, context: Context) -> list[Fields]:
    replacement: Fields | None = None
    if found["garbled"]:
        replacement = {"at": "the day before yesterday"}
    elif found["what"] or found["when"]:
        replacement = {}
        if found["when"]:
            replacement["at"] = context.calendar.instant(found["when"])
        if found["what"]:
            (fields,) = _read(found["what"], context.told[found["label"]].at, context)
            replacement |= {key: value for key, value in fields.items() if key != "kind"}
    return [
        {
            "kind": "corrected",
            "corrects": found["label"],
            "reason": found["reason"] or "entered wrongly",
            "replacement": msgspec.to_builtins(replacement),
        }
    ]


def _plain(kind: str) -> Callable[[_Found, datetime, Context], list[Fields]]:
    """The named groups of the form are the event's fields."""
    return lambda found, at, context: [{"kind": kind, **{key: value or "" for key, value in found.groupdict().items()}}]


_FINDING = "|".join(ev.Finding)
_ID = r"[\w.-]+"
_DAY = r"(?P<day>.+?)"
_REASON = r"(?:: (?P<reason>.+))?"
_FORMS: list[tuple[re.Pattern[str], Callable[[_Found, datetime, Context], list[Fields]]]] = [
    (re.compile(form), build)
    for form, build in (
        (r"applied(?:, naming the text (?P<digest>\S+))?", _applied),
        (r"replanned: (?P<changes>.+)", _replanned),
        (r"sponsor accepts (?P<duties>.+?)(?: except (?P<except>.+))?", _sponsored),
        (rf"(?P<outcome>approved|returned|refused) by (?P<by>{_ID}){_REASON}", _reviewed),
        (rf"(?P<no>no )?place (?:given|left) under (?P<quota>{_ID})", _allotted),
        (
            (
                rf"document (?P<document>{_ID}) from (?P<issuer>{_ID})(?:, issued (?P<issued>[^,]+(?:, \d\d:\d\d)?))?"
                r"(?:, expires (?P<expires>[^,]+(?:, \d\d:\d\d)?))?(?P<other>, for another person)?(?P<refused>, not accepted)?"
            ),
            _documented,
        ),
        (rf"check-in every day until {_DAY}", _every_day),
        (rf"check-in(?: for {_DAY})?(?P<symptoms>, symptoms)?", _checked_in),
        (rf"call(?: for {_DAY})?: (?:(?P<silent>no answer)|reached(?P<symptoms>, symptoms)?)", _called),
        (rf'reminder "(?P<rung>[^"]+)" of (?P<measure>{_ID})', _reminded),
        (rf"sample (?P<sample>{_ID}) for (?P<assay>{_ID}) at (?P<laboratory>{_ID})", _sampled),
        (
            (
                rf"result of (?P<sample>{_ID}): (?P<finding>{_FINDING})(?:, for (?P<assay>{_ID}))?"
                rf"(?:, at (?P<laboratory>{_ID}))?(?:, sampled (?P<sampled>.+))?"
            ),
            _resulted,
        ),
        (r"boarded(?: (?P<flight>\S+))?", _plain("boarded")),
        (rf"denied at (?P<gate>{_ID}){_REASON}", _plain("denied")),
        (rf"arrived in (?P<place>{_ID})", _plain("arrived")),
        (rf"entered (?P<stay>{_ID})", _plain("entered")),
        (rf"moved by (?P<stay>{_ID})", _plain("moved")),
        (rf"left (?P<stay>{_ID})", _plain("left")),
        (rf"broke (?P<stay>{_ID}): (?P<what>.+)", _plain("breached")),
        (rf"confirmed as case (?P<case>{_ID})", _plain("confirmed")),
        (rf"recovered from case (?P<case>{_ID})", _plain("recovered")),
        (
            rf"named as a contact of case (?P<case>{_ID})",
            lambda found, at, context: [{"kind": "contact-named", "case": found["case"]}],
        ),
        (rf"cleared as a contact of case (?P<case>{_ID})", _plain("cleared")),
        (rf"suspended by (?P<trigger>{_ID}) from (?P<since>.+?)(?: to (?P<until>.+))?", _suspended),
        (rf"resumed by (?P<trigger>{_ID})", _plain("resumed")),
        (
            rf"(?P<by>{_ID}) (?P<verb>waives|holds) (?P<measure>{_ID})(?: until (?P<until>.+?))?: (?P<reason>.+)",
            _overridden,
        ),
        (rf"appeal against (?P<against>{_ID}): (?P<grounds>.+)", _plain("appealed")),
        (rf"appeal (?P<appeal>{_ID}) (?P<answer>upheld|dismissed): (?P<reason>.+)", _answered),
        (
            (
                rf"(?P<label>{_ID}) (?:retracted|(?P<garbled>corrected to something unreadable)"
                rf'|corrected(?: to "(?P<what>[^"]+)")?(?: at (?P<when>.+?))?){_REASON}'
            ),
            _corrected,
        ),
        (rf"withdrawn{_REASON}", _plain("withdrawn")),
    )
]
