"""An itinerary as a scenario writes it: ``[itinerary]``, and ``[workers]`` for those who work in its stays."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from fastchannel.agreement.reading import nearest
from fastchannel.forecast.itinerary import Itinerary, Screen, Stay, Watch
from fastchannel.forecast.reading.course_text import FOREVER, NOTES
from fastchannel.forecast.reading.texts import Part
from fastchannel.forecast.scenario.cases import Case

MOST_REPEATS = 400
KEYS = ("departure", "release", "completion", "isolation", "counted", "stay", "test", "watch", *NOTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An itinerary with the names of its tests that are repeated: a name → its steps."""

    itinerary: Itinerary
    repeated: dict[str, tuple[str, ...]]


def read_itinerary(part: Part, assays: tuple[str, ...], case: Case) -> Way:
    """Times are days on the journey's clock. Tests and watches that do not take place in the case are left out."""
    part.only(KEYS)
    departure = _time(part, "departure", 0.0)
    release = _time(part, "release", departure)
    completion = _time(part, "completion", max(release, departure))
    if not departure <= release <= completion:
        part.text.wrong(
            (*part.place, "release"),
            f"departure on day {departure:g}, release on day {release:g}, completion on day {completion:g}",
            "times in order",
        )
    stays = _stays(part)
    screens: list[Screen] = []
    repeated: dict[str, tuple[str, ...]] = {}
    for entry in part.parts("test"):
        if case.tests is None or entry.words("id") in case.tests:
            found = _screens(entry, assays, release)
            screens.extend(found)
            if len(found) != 1 or found[0].id != entry.words("id"):
                repeated[entry.words("id")] = tuple(screen.id for screen in found)
    watches = [_watch(entry) for entry in part.parts("watch") if case.watches is None or entry.words("id") in case.watches]
    _differ(part, [screen.id for screen in screens] + [watch.id for watch in watches] + list(repeated))
    isolation = part.part("isolation") or Part(part.text, {}, part.place)
    isolation.only(("contact", "until", *NOTES))
    regions = tuple(dict.fromkeys(stay.region for stay in stays))
    counted = part.strings("counted") or regions[-1:]
    for region in counted:
        if region not in regions:
            part.wrong("counted", f"regions of this itinerary, which are {', '.join(regions)}", nearest(region, regions))
    itinerary = Itinerary(
        stays=stays,
        screens=tuple(screens),
        watches=tuple(watches),
        departure=departure,
        release=release,
        completion=completion,
        isolation_contact=isolation.number("contact", 0.0, low=0.0),
        isolation_until=_time(isolation, "until") if "until" in isolation else float("inf"),
        counted=frozenset(counted),
    )
    return Way(itinerary=itinerary, repeated=repeated)


def _time(part: Part, key: str, default: float | None = None) -> float:
    """A time on the journey's clock."""
    return part.number(key, default, low=-FOREVER, high=FOREVER)


def named_steps(part: Part) -> tuple[list[str], list[str]]:
    """The names of the tests and of the watches that are written, whether they take place or not."""
    return [entry.words("id") for entry in part.parts("test")], [entry.words("id") for entry in part.parts("watch")]


def _differ(part: Part, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        part.text.wrong(part.place, f'"{twice[0]}" twice', "tests and watches whose names differ")


def _stays(part: Part) -> tuple[Stay, ...]:
    entries = part.parts("stay")
    if not entries:
        part.wrong("stay", "at least one place, with the region of its people")
        return (Stay(id="community", start=-FOREVER, region="community"),)
    stays = [_stay(entry, first=i == 0) for i, entry in enumerate(entries)]
    for (one, other), entry in zip(pairwise(stays), entries[1:], strict=True):
        if other.start < one.start:
            found = f"day {other.start:g}, while {one.id} is from day {one.start:g}"
            part.text.wrong((*entry.place, "from"), found, "stays in the order of the journey")
        if other.id in [stay.id for stay in stays if stay is not other]:
            entry.wrong("id", "a name that no other stay has")
    return tuple(stays)


def _stay(part: Part, *, first: bool) -> Stay:
    part.only(("id", "from", "region", "contact", "baseline", "inside", "workers", "adherence", *NOTES))
    name = part.words("id")
    baseline, contact = part.number("baseline", 1.0, low=0.0), part.number("contact", 1.0, low=0.0)
    adherence = part.number("adherence", 1.0, low=0.0, high=1.0)
    return Stay(
        id=name,
        start=_time(part, "from", -FOREVER if first else None),
        region=part.words("region", name),
        contact=adherence * contact + (1.0 - adherence) * baseline,
        baseline=baseline,
        inside=part.number("inside", 0.0, low=0.0),
        workers=part.number("workers", 0.0, low=0.0),
    )


def _screens(part: Part, assays: tuple[str, ...], release: float) -> list[Screen]:
    """A test, or a test that is repeated, as one screen for each time that it is taken."""
    part.only((
        "id", "test", "at", "before_end", "from", "every", "until", "result_after", "compliance", "leakage", *NOTES,
    ))  # fmt: skip
    name, assay = part.words("id"), part.choice("test", assays) if assays else ""
    times = _times(part, release)
    after = part.number("result_after", 0.0, low=0.0, high=FOREVER)
    reach = part.number("compliance", 1.0, low=0.0, high=1.0) * (1.0 - part.number("leakage", 0.0, low=0.0, high=1.0))
    single = len(times) == 1 and not isinstance(part.raw.get("at"), list) and "every" not in part
    return [
        Screen(
            id=name if single else f"{name}-{i}",
            assay=assays.index(assay) if assay in assays else 0,
            sampled=time,
            effect=time + after,
            reach=reach,
        )
        for i, time in enumerate(times, start=1)
    ]


def _times(part: Part, release: float) -> tuple[float, ...]:
    """When samples are taken."""
    if sum(key in part for key in ("at", "before_end", "every")) != 1:
        part.wrong(None, 'one of "at", "before_end" (days before release) and "every" (with "from" and "until")')
        return (0.0,)
    if "at" in part:
        if not isinstance(part.raw["at"], list):
            return (_time(part, "at"),)
        times = part.numbers("at")[:MOST_REPEATS]
        if not times or max(map(abs, times)) > FOREVER:
            part.wrong("at", f"at least one time, from {-FOREVER:g} to {FOREVER:g}")
        return times or (0.0,)
    if "before_end" in part:
        return (release - _time(part, "before_end"),)
    start, until, every = _time(part, "from", 0.0), _time(part, "until", release), part.number("every", above=0.0)
    count = int((until - start) / every + 1e-9) + 1 if until >= start else 0
    if not 0 < count <= MOST_REPEATS:
        part.text.wrong(
            (*part.place, "every"), f"{max(count, 0)} tests from day {start:g} to day {until:g}", f"1 to {MOST_REPEATS} tests"
        )
        return (start,)
    return tuple(start + i * every for i in range(count))


def _watch(part: Part) -> Watch:
    part.only(("id", "from", "until", "compliance", "delay", *NOTES))
    start, end = _time(part, "from", -FOREVER), _time(part, "until", FOREVER)
    if end < start:
        part.text.wrong((*part.place, "until"), f"day {end:g}, while it is from day {start:g}", "an end after the start")
    return Watch(
        id=part.words("id"),
        start=start,
        end=end,
        compliance=part.number("compliance", 1.0, low=0.0, high=1.0),
        delay=part.number("delay", 0.0, low=0.0, high=FOREVER),
    )
