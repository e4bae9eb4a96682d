"""Strategies: journeys as they happen under the China–Korea text, and lists of events that make no sense at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import strategies as st

from fastchannel.agreement.agreement import Versions
from fastchannel.agreement.shipped import shipped
from fastchannel.decide.rules import RULES
from fastchannel.terms import events as ev
from fastchannel.terms.events import Assay, Event, Finding, Outcome

TEXTS: Versions = shipped()["china-korea"]
SEOUL, SHANGHAI = ZoneInfo("Asia/Seoul"), ZoneInfo("Asia/Shanghai")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST, LAST = datetime(2020, 5, 1, tzinfo=UTC), datetime(2020, 12, 20, tzinfo=UTC)
# The days on which a new text begins, and the hours around them, are where mistakes live.
TURNS = [datetime.combine(text.in_force, datetime.min.time(), tzinfo=SEOUL) for text in TEXTS]
MEASURES = sorted({measure.id for text in TEXTS for route in text.text.route.values() for measure in route.measure})
JOURNEY = "j-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Generated events, with the planned departure about which they lie."""

    events: tuple[Event, ...]
    departure: datetime
    route: str


@dataclass(slots=True)
class _Writer:
    departure: datetime
    events: dict[str, Event] = field(default_factory=dict)

    def add(self, label: str, kind: type[Event], hours: float, late: float = 0.0, **fields: Any) -> None:
        at = self.departure + hours * HOUR
        self.events[label] = kind(id=label, journey=JOURNEY, at=at, recorded=at + late * HOUR, **fields)


def departures() -> st.SearchStrategy[datetime]:
    """Departures under each text, gathered about the days on which texts change and about midnight."""
    about = st.builds(
        lambda turn, minutes: turn + timedelta(minutes=minutes), st.sampled_from(TURNS), st.integers(-3_000, 9_000)
    )
    anywhere = st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None), timezones=st.just(UTC))
    midnight = st.builds(
        lambda day, minutes: datetime.combine(day, datetime.min.time(), tzinfo=SEOUL) + timedelta(minutes=minutes),
        st.dates(FIRST.date(), LAST.date()),
        st.sampled_from([-1, 0, 1, 30, 90, -30]),
    )
    return st.one_of(about, anywhere, midnight)


def _written(departure: datetime, route: str, version: int, destination: str, city: str | None) -> dict[str, Event]:
    """Everything that either direction can ask, done in time."""
    write = _Writer(departure)
    text = TEXTS[version]
    china = route == "kr-cn"
    plan = ev.Itinerary(departure=departure, origin="KR-11" if china else "CN-SH", destination=destination, city=city)
    write.add(
        "application", ev.Applied, -480, agreement=text.id, version=version, digest=text.digest, route=route,
        purpose="technical-service", sponsor="s", itinerary=plan,
    )  # fmt: skip
    write.add("acceptance", ev.Sponsored, -479, sponsor="s", duties=("transport", "closed-loop"))
    write.add("approval", ev.Reviewed, -430, outcome=Outcome.APPROVED, by="officer")
    issuers = {
        "invitation-letter": "cn-local-government", "visa": "cn-mission-kr", "health-certificate": "kr-designated-hospital",
        "health-code": "cn-mission-kr", "exemption-certificate": "kr-mission-cn", "prevention-plan": "sponsor",
        "pledge": "sponsor", "activity-plan": "sponsor",
    }  # fmt: skip
    for number, (document, issuer) in enumerate(issuers.items()):
        hours = -20 - number
        issued = departure + hours * HOUR
        write.add(document, ev.Documented, hours, document=document, issuer=issuer, issued=issued)
    zone = SEOUL if china else SHANGHAI
    first = departure.astimezone(zone).date() - 14 * DAY
    for number in range(14):
        day = first + number * DAY
        at = datetime.combine(day, datetime.min.time(), tzinfo=zone) + 9 * HOUR
        write.events[f"diary-{number}"] = ev.CheckedIn(id=f"diary-{number}", journey=JOURNEY, at=at, recorded=at, day=day)
    laboratory = "kr-designated-hospital"
    for label, assay, hours in (("swab", Assay.NAAT, -46), ("swab-2", Assay.NAAT, -30), ("blood", Assay.IGM, -40)):
        write.add(label, ev.Sampled, hours, sample=label, assay=assay, laboratory=laboratory)
        write.add(
            f"{label}-result",
            ev.Resulted,
            hours + 8,
            sample=label,
            assay=assay,
            laboratory=laboratory,
            finding=Finding.NOT_DETECTED,
        )
    write.add("boarding", ev.Boarded, -0.5)
    write.add("landing", ev.Arrived, 2, place=destination)
    laboratory = "cn-designated-laboratory" if china else "kr-temporary-facility"
    for label, assay in (("arrival-swab", Assay.NAAT), ("arrival-blood", Assay.ANTIBODY)):
        write.add(label, ev.Sampled, 3, sample=label, assay=assay, laboratory=laboratory)
        write.add(
            f"{label}-result", ev.Resulted, 12, sample=label, assay=assay, laboratory=laboratory, finding=Finding.NOT_DETECTED
        )
    stay = "isolation" if china else "waiting"
    write.add("entry", ev.Entered, 4, stay=stay)
    write.add("end", ev.Left, 29 if china else 14, stay=stay)
    write.add("ride", ev.Moved, 30, stay="transfer")
    zone = SHANGHAI if china else SEOUL
    landed = (departure + 2 * HOUR).astimezone(zone).date()
    for number in range(0 if china else 14):
        day = landed + number * DAY
        at = datetime.combine(day, datetime.min.time(), tzinfo=zone) + 20 * HOUR
        write.events[f"follow-{number}"] = ev.CheckedIn(id=f"follow-{number}", journey=JOURNEY, at=at, recorded=at, day=day)
    return write.events


def _disturbances(departure: datetime) -> st.SearchStrategy[Event]:
    """One thing that can happen on the way, at any hour from three weeks before departure to four weeks after it."""
    hours = st.one_of(st.integers(-500, 700), st.sampled_from([-72, -48, -1, 0, 2, 26]))
    at = hours.map(lambda number: departure + number * HOUR)
    day = st.integers(-16, 20).map(lambda number: (departure + number * DAY).astimezone(SEOUL).date())
    sample = st.sampled_from(["swab", "swab-2", "blood", "arrival-swab", "arrival-blood", "extra"])
    laboratory = st.sampled_from(["kr-designated-hospital", "cn-designated-laboratory", "kr-temporary-facility", "corner"])
    measure = st.sampled_from([*MEASURES, *sorted(RULES)])
    stay = st.sampled_from(["isolation", "waiting", "closed-loop", "transfer"])
    case = st.sampled_from(["c-1", "c-2"])
    plan = st.builds(
        ev.Itinerary,
        departure=st.integers(-30, 60).map(lambda number: departure + number * HOUR),
        origin=st.just("KR-11"),
        destination=st.sampled_from(["CN-SH", "CN-JS", "CN-ZJ", "CN-BJ", "KR-11"]),
        arrival_place=st.sampled_from([None, "CN-SH"]),
        city=st.sampled_from([None, "Shenyang"]),
    )
    label = st.sampled_from(["swab", "swab-result", "approval", "landing", "boarding", "diary-3", "x-0", "x-1", "end"])
    fields: dict[type[Event], dict[str, st.SearchStrategy[Any]]] = {
        ev.Replanned: {"itinerary": plan},
        ev.Sponsored: {"sponsor": st.just("s")},
        ev.Documented: {
            "document": st.sampled_from(["visa", "health-certificate"]), "issuer": st.sampled_from(["cn-mission-kr", "x"]),
            "issued": at, "bound": st.booleans(), "accepted": st.booleans(), "expires": st.one_of(st.none(), at),
        },
        ev.Reviewed: {"outcome": st.sampled_from(Outcome), "by": st.sampled_from(["a", "b"])},
        ev.CheckedIn: {"day": day, "symptoms": st.booleans()},
        ev.Called: {"day": day, "reached": st.booleans(), "symptoms": st.booleans()},
        ev.Reminded: {"day": day, "measure": st.just("self-monitoring"), "rung": st.just("remind 10:00")},
        ev.Sampled: {"sample": sample, "assay": st.sampled_from(Assay), "laboratory": laboratory},
        ev.Resulted: {
            "sample": sample, "assay": st.sampled_from(Assay), "laboratory": laboratory, "finding": st.sampled_from(Finding),
            "sampled": st.one_of(st.none(), at),
        },
        ev.Boarded: {}, ev.Denied: {"gate": st.just("boarding")},
        ev.Arrived: {"place": st.sampled_from(["CN-SH", "CN-SD", "KR-11"])},
        ev.Entered: {"stay": stay}, ev.Moved: {"stay": stay}, ev.Left: {"stay": stay}, ev.Breached: {"stay": stay},
        ev.Confirmed: {"case": case}, ev.Recovered: {"case": case}, ev.ContactNamed: {"case": case}, ev.Cleared: {"case": case},
        ev.Suspended: {
            "trigger": st.sampled_from(["five-on-a-flight", "ten-on-a-flight", "rumour"]), "since": at,
            "until": st.one_of(st.none(), at),
        },
        ev.Resumed: {"trigger": st.just("five-on-a-flight")},
        ev.Overridden: {"measure": measure, "reason": st.just("r"), "waive": st.booleans(), "until": st.one_of(st.none(), at)},
        ev.Appealed: {"against": measure},
        ev.Answered: {"appeal": st.sampled_from(["x-0", "x-1", "x-2"]), "upheld": st.booleans(), "reason": st.just("r")},
        ev.Corrected: {
            "corrects": label, "reason": st.just("r"),
            "replacement": st.one_of(st.none(), st.just({"at": "never"}), at.map(lambda when: {"at": when.isoformat()})),
        },
        ev.Withdrawn: {},
    }  # fmt: skip
    late = st.one_of(st.just(0), st.integers(0, 200)).map(lambda number: number * HOUR)
    return st.sampled_from(list(fields)).flatmap(
        lambda kind: st.builds(
            lambda when, delay, values: kind(id="x", journey=JOURNEY, at=when, recorded=when + delay, **values),
            at,
            late,
            st.fixed_dictionaries(fields[kind]),
        )
    )


@st.composite
def journeys(draw: st.DrawFn, disturbed: int = 4) -> Journey:
    """A journey that goes well, with some events left out, some shifted, some recorded late, and some more."""
    departure = draw(departures())
    route = draw(st.sampled_from(["kr-cn", "kr-cn", "cn-kr"]))
    version = draw(st.integers(1, len(TEXTS)))
    destination = draw(st.sampled_from(["CN-SH", "CN-LN", "CN-HB"])) if route == "kr-cn" else "KR-11"
    city = draw(st.sampled_from([None, "Shenyang"]))
    written = _written(departure, route, version, destination, city)
    labels = sorted(written)
    for label in draw(st.lists(st.sampled_from(labels), max_size=disturbed, unique=True)):
        del written[label]
    for label in draw(st.lists(st.sampled_from(sorted(written)), max_size=disturbed, unique=True)):
        shift = draw(st.integers(-80, 80)) * HOUR
        event = written[label]
        written[label] = _again(event, at=event.at + shift, recorded=max(event.recorded, event.at + shift))
    more = draw(st.lists(_disturbances(departure), max_size=disturbed))
    events = [*written.values(), *(_again(event, id=f"x-{number}") for number, event in enumerate(more))]
    return Journey(events=tuple(events), departure=departure, route=route)


def _again(event: Event, **changes: Any) -> Event:
    again: Event = msgspec.structs.replace(event, **changes)
    return again


def good_evidence(journey: Journey) -> Iterator[Event]:
    """What can only speak for a traveller, each thing done as the text asks for it."""
    for number, event in enumerate(_written(journey.departure, journey.route, 1, "CN-SH", None).values()):
        if isinstance(event, ev.Documented | ev.CheckedIn):
            yield _again(event, id=f"good-{number}")
        if isinstance(event, ev.Sampled):
            sample = f"good-{event.sample}"
            yield _again(event, id=f"good-{number}", sample=sample)
        if isinstance(event, ev.Resulted):
            yield _again(event, id=f"good-{number}", sample=f"good-{event.sample}")


_EDGES = [
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1, 1, 1, 12, tzinfo=ZoneInfo("Asia/Seoul")),
    datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(9999, 12, 31, 12, tzinfo=ZoneInfo("Pacific/Honolulu")),
    datetime(1900, 1, 1, tzinfo=UTC),
    datetime(2020, 5, 20, tzinfo=UTC),
]
_INSTANTS = st.one_of(
    st.sampled_from(_EDGES),
    st.datetimes(datetime(2020, 5, 1), datetime(2020, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 — the zone is beside it
    st.datetimes(timezones=st.sampled_from([UTC, SEOUL])),
)
_NAMES = st.sampled_from(
    ["a", "b", "swab", "isolation", "self-monitoring", "CN-SH", "KR-11", "kr-cn", "cn-kr", "china-korea", "", "x" * 64]
)


def _any_of(kind: type[Event]) -> st.SearchStrategy[Event]:
    known: dict[str, st.SearchStrategy[Any]] = {
        "id": st.sampled_from(["1", "2", "3", "4", "5", "6"]),
        "journey": st.sampled_from(["j", "k"]),
        "at": _INSTANTS,
        "recorded": _INSTANTS,
        "issued": _INSTANTS,
        "since": _INSTANTS,
        "sampled": st.one_of(st.none(), _INSTANTS),
        "until": st.one_of(st.none(), _INSTANTS),
        "expires": st.one_of(st.none(), _INSTANTS),
        "exposed": st.one_of(st.none(), _INSTANTS),
        "day": st.one_of(st.dates(), st.sampled_from([date.min, date.max])),
        "version": st.integers(-1, 7),
        "digest": st.sampled_from([TEXTS[1].digest, "sha256:"]),
        "reason": st.just("r"),
        "duties": st.just(("transport", "closed-loop")),
        "assay": st.sampled_from(Assay),
        "finding": st.sampled_from(Finding),
        "outcome": st.sampled_from(Outcome),
        "symptoms": st.booleans(),
        "reached": st.booleans(),
        "granted": st.booleans(),
        "waive": st.booleans(),
        "upheld": st.booleans(),
        "bound": st.booleans(),
        "accepted": st.booleans(),
        "companion": st.sampled_from([None, "family"]),
        "agreement": st.sampled_from(["china-korea", "other"]),
        "route": st.sampled_from(["kr-cn", "cn-kr", "moon"]),
        "corrects": st.sampled_from(["1", "2", "3", "4", "5", "6"]),
        "appeal": st.sampled_from(["1", "2", "3"]),
        "replacement": st.one_of(
            st.none(),
            st.dictionaries(
                st.sampled_from(["at", "day", "kind", "id", "sample"]), st.one_of(st.text(max_size=3), st.integers())
            ),
        ),
        "itinerary": st.builds(
            ev.Itinerary,
            departure=_INSTANTS,
            origin=_NAMES,
            destination=_NAMES,
            arrival_place=st.one_of(st.none(), _NAMES),
            city=st.one_of(st.none(), _NAMES),
        ),
    }
    names = [item.name for item in msgspec.structs.fields(kind) if item.required or item.name in known]
    return st.builds(kind, **{name: known.get(name, _NAMES) for name in names})


def anything() -> st.SearchStrategy[list[Event]]:
    """Events of any kind, in any order, at any time that a calendar has."""
    one = st.sampled_from(list(ev.KINDS.values())).flatmap(_any_of)
    return st.builds(lambda first, rest: [*first, *rest], st.lists(_any_of(ev.Applied), max_size=1), st.lists(one, max_size=8))
