"""Reads the stories and cases of tests/spec: data that a health officer can read, made into events and expectations.

A *story* is a whole journey that goes well, written once in stories.toml. A *case* names a story, says what differs in it,
when somebody asks, and what the answer must be. Sentences and times are described in phrases.py and moments.py.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastchannel.agreement.agreement import Agreement, Versions
from fastchannel.agreement.load import load
from fastchannel.agreement.shipped import shipped
from fastchannel.terms.events import Event
from tests.spec.moments import Calendar, WritingError
from tests.spec.phrases import Context, Sentence, itinerary, label_of, tell

FOLDER = Path(__file__).resolve().parent
STORIES = FOLDER / "stories.toml"
JOURNEY = "the-traveller"
PLANNED = ("departure", "origin", "destination", "via", "city", "flight")
PARTICULARS = ("agreement", "version", "route", "purpose", "companion", "sponsor", "arrival", *PLANNED)
_ANSWER = re.compile(
    r"(?P<status>[a-z]+)(?:, (?P<done>\d+) of (?P<needed>\d+))?(?:, by (?P<who>[a-z]+))?(?:, until (?P<due>.+))?"
)


class SpecError(ValueError):
    """A file of stories or cases is written wrongly: the message says which file, which line and what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A journey that goes well."""

    id: str
    name: str
    about: str
    particulars: Mapping[str, Any]
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is expected of one obligation; None means whatever."""

    status: str
    done: int | None = None
    needed: int | None = None
    who: str | None = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The answer that a case must get; None means whatever. ``reasons`` are all of them, as (code, clause)."""

    stage: str | None
    verdict: str
    reasons: tuple[tuple[str, str], ...]
    obligations: Mapping[str, Answer | None] = field(default_factory=dict)  # None: there is no such obligation
    version: int | None = None
    gate: str | None = None
    changes: datetime | None = None
    decisive: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case, ready to be decided."""

    name: str
    file: str
    line: int
    clause: str
    why: str
    question: str  # the meaning is not settled, and the answer found is another
    story: Story
    raw: Mapping[str, Any]
    texts: tuple[Versions, ...]
    version: int
    events: tuple[Event, ...]
    at: datetime
    known: datetime | None
    expected: Expected


@cache
def agreements() -> dict[str, Versions]:
    """The agreements that cases are about: those that ship, and those written for the cases in tests/spec/agreements."""
    made: dict[str, list[Agreement]] = {}
    for path in sorted((FOLDER / "agreements").glob("*.toml")):
        text = load(path.read_bytes(), name=path.name)
        made.setdefault(text.id, []).append(text)
    return {**shipped(), **{name: Versions.of(*sorted(texts, key=lambda text: text.version)) for name, texts in made.items()}}


def case_files() -> list[Path]:
    """The files of cases, in the order of their names."""
    return sorted(path for path in FOLDER.glob("*.toml") if path != STORIES)


@cache
def stories() -> dict[str, Story]:
    """The stories by name."""
    raw, text = _load(STORIES)
    found = {}
    for identifier, story in raw["story"].items():
        with _Place(STORIES.name, text, f"[story.{identifier}]"):
            particulars = {key: value for key, value in story.items() if key not in ("name", "about", "events")}
            _only(particulars, PARTICULARS)
            sentences = tuple(_sentences(story["events"]))
            found[story["name"]] = Story(
                id=identifier, name=story["name"], about=story["about"], particulars=particulars, sentences=sentences
            )
    return found


def cases(path: Path) -> list[Case]:
    """The cases of one file. Raises SpecError."""
    raw, text = _load(path)
    found = []
    for number, case in enumerate(raw.get("case", ())):
        name = case.get("name", f"case {number + 1}, which has no name")
        place = _Place(path.name, text, f'"{name}"')
        with place:
            found.append(_case(case, path.name, place.line))
    return found


def _load(path: Path) -> tuple[dict[str, Any], str]:
    text = path.read_text(encoding="utf-8")
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{path.name}: {error}") from error


class _Place:
    """Adds to a mistake the file and the line of the case or story that it is in."""

    def __init__(self, file: str, text: str, mark: str) -> None:
        self.file, self.mark = file, mark
        self.line = text[: max(text.find(mark), 0)].count("\n") + 1

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, WritingError | KeyError):
            what = f"the key {error} is missing or unknown" if isinstance(error, KeyError) else str(error)
            raise SpecError(f"{self.file}, line {self.line}, {self.mark}: {what}") from error


def _only(table: Iterable[str], known: Iterable[str]) -> None:
    if unknown := set(table) - set(known):
        raise WritingError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")


def _sentences(lines: Iterable[str], taken: Iterable[str] = ()) -> Iterator[Sentence]:
    names = set(taken)
    for line in lines:
        body, _, recorded = line.partition("; recorded ")
        label, body = body[1:].split("] ", maxsplit=1) if body.startswith("[") else ("", body)
        when, colon, what = body.partition(": ")
        if not colon:
            raise WritingError(f'"{line}" is no sentence; expected a time, ": " and what happened')
        label = label or label_of(what, len(names) + 1)
        while label in names and label.startswith("event-"):
            label += "-more"
        if label in names:
            raise WritingError(f'two sentences are called "{label}": give one of them another name, "[name] {line}"')
        names.add(label)
        yield Sentence(label=label, when=when, what=what, recorded=recorded)


_CASE = (
    "name", "clause", "why", "story", "at", "known", "expect", "without", "only", "moved", "changed", "also", "silent", "under",
    "question",
    *PARTICULARS,
)  # fmt: skip


def _case(raw: Mapping[str, Any], file: str, line: int) -> Case:
    _only(raw, _CASE)
    if raw["story"] not in stories():
        raise WritingError(f'no story is called "{raw["story"]}"; there are: {"; ".join(stories())}')
    story = stories()[raw["story"]]
    particulars = {**story.particulars, **{key: raw[key] for key in PARTICULARS if key in raw}}
    sentences = _differing(story.sentences, raw)
    texts = tuple(agreements()[name] for name in raw.get("under", [particulars["agreement"]]))
    named = agreements()[particulars["agreement"]]
    calendar = _calendar(particulars, sentences)
    events = _events(sentences, particulars, named, calendar)
    silent = {day for days in raw.get("silent", ()) for day in calendar.days(days)}
    events = [event for event in events if getattr(event, "day", None) not in silent or not event.id.startswith("diary")]
    return Case(
        name=raw["name"],
        file=file,
        line=line,
        clause=raw["clause"],
        why=raw.get("why", ""),
        question=raw.get("question", ""),
        story=story,
        raw=raw,
        texts=texts,
        version=particulars["version"],
        events=tuple(events),
        at=calendar.instant(raw["at"]),
        known=calendar.instant(raw["known"]) if "known" in raw else None,
        expected=_expected(raw["expect"], calendar),
    )


def _differing(told: tuple[Sentence, ...], raw: Mapping[str, Any]) -> list[Sentence]:
    """The story's sentences, as this case has them."""
    names = {sentence.label for sentence in told}
    moved, changed = raw.get("moved", {}), raw.get("changed", {})
    _only([*raw.get("without", ()), *raw.get("only", ()), *moved, *changed], names)
    kept = [
        sentence
        for sentence in told
        if sentence.label not in raw.get("without", ()) and sentence.label in raw.get("only", names)
    ]
    now = []
    for sentence in kept:
        what = changed.get(sentence.label, sentence.what)
        when, _, late = moved.get(sentence.label, sentence.when).partition("; recorded ")
        now.append(Sentence(label=sentence.label, when=when, what=what, recorded=late or sentence.recorded))
    return [*now, *_sentences(raw.get("also", ()), {sentence.label for sentence in now})]


def _calendar(particulars: Mapping[str, Any], sentences: Iterable[Sentence]) -> Calendar:
    written = {sentence.label: sentence.when for sentence in sentences}
    return Calendar(written={**written, "departure": particulars["departure"], "arrival": particulars["arrival"]})


def _events(sentences: Iterable[Sentence], particulars: Mapping[str, Any], texts: Versions, calendar: Calendar) -> list[Event]:
    text = texts[particulars["version"]]
    crossing = itinerary(calendar, {key: particulars[key] for key in PLANNED if key in particulars})
    application = {
        "agreement": text.id,
        "version": text.version,
        "digest": text.digest,
        "route": particulars["route"],
        "purpose": particulars["purpose"],
        "companion": particulars.get("companion"),
        "sponsor": particulars["sponsor"],
        "itinerary": crossing,
    }
    sponsor = text.text.route[particulars["route"]].sponsor
    duties = tuple(duty.id for duty in sponsor.duty) if sponsor else ()
    context = Context(journey=JOURNEY, calendar=calendar, application=application, duties=duties)
    events: list[Event] = []
    for sentence in sentences:
        try:
            events += tell(sentence, context)
        except WritingError as error:
            raise WritingError(f'in "{sentence.when}: {sentence.what}": {error}') from error
    return events


def _expected(raw: Mapping[str, Any], calendar: Calendar) -> Expected:
    _only(raw, ("stage", "verdict", "reasons", "obligations", "version", "gate", "changes", "decisive"))
    return Expected(
        stage=raw.get("stage"),
        verdict=raw["verdict"],
        reasons=tuple(sorted(_reason(text) for text in raw["reasons"])),
        obligations={name: _answer(text, calendar) for name, text in raw.get("obligations", {}).items()},
        version=raw.get("version"),
        gate=raw.get("gate"),
        changes=calendar.instant(raw["changes"]) if "changes" in raw else None,
        decisive=tuple(raw["decisive"]) if "decisive" in raw else None,
    )


def _reason(text: str) -> tuple[str, str]:
    code, comma, clause = text.partition(", clause ")
    if not comma:
        raise WritingError(f'"{text}" is no reason; expected a code and a clause: "test.sampled-early, clause 3(2)"')
    return code, clause


def _answer(text: str, calendar: Calendar) -> Answer | None:
    if text == "not asked":
        return None
    found = _ANSWER.fullmatch(text)
    if not found:
        raise WritingError(f'"{text}" is no answer; expected for example "met", "due, by traveller", "missed, 11 of 14"')
    return Answer(
        status=found["status"],
        done=int(found["done"]) if found["done"] else None,
        needed=int(found["needed"]) if found["needed"] else None,
        who=found["who"],
        due=calendar.instant(found["due"]) if found["due"] else None,
    )
