"""Synthetic travellers for drills, demonstrations and benchmarks: a seed gives whole journeys as scripts of events.

Nothing here is a rule: what a traveller has to do is read from the agreement's provisions, and the fate says where the
traveller does otherwise. The same seed gives the same scripts.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import count

from fastchannel.agreement.agreement import Agreement, Versions
from fastchannel.agreement.provisions import Case, LaboratoryTest, Monitor, Provisions
from fastchannel.terms.events import Event


class Fate(StrEnum):
    """What becomes of a traveller."""

    RELEASED = "released"
    EARLY_SAMPLE = "sampled too early"  # before the window that the agreement gives; refused at boarding
    WRONG_LABORATORY = "laboratory not designated"
    POSITIVE_BEFORE = "positive before departure"
    FORGED = "document not genuine"
    CLOSED_REGION = "region not open"
    SILENT = "silent"  # stops checking in before departure
    SYMPTOMS = "symptoms"
    POSITIVE_ON_ARRIVAL = "positive on arrival"  # treated, recovers
    RETURNED = "application returned"  # completed by the sponsor, then like RELEASED
    NOT_APPROVED = "application refused"
    WITHDRAWN = "withdrawn"


SHARES: Mapping[Fate, float] = {
    Fate.RELEASED: 0.62,
    Fate.RETURNED: 0.06,
    Fate.EARLY_SAMPLE: 0.05,
    Fate.WRONG_LABORATORY: 0.03,
    Fate.POSITIVE_BEFORE: 0.03,
    Fate.FORGED: 0.02,
    Fate.CLOSED_REGION: 0.03,
    Fate.SILENT: 0.05,
    Fate.SYMPTOMS: 0.04,
    Fate.POSITIVE_ON_ARRIVAL: 0.03,
    Fate.NOT_APPROVED: 0.02,
    Fate.WITHDRAWN: 0.02,
}

LONGEST_LEAD = timedelta(days=24)  # from application to departure
SHORTEST_LEAD = timedelta(days=17)

# Where drills' travellers live, and a region that no version of the agreements has opened.
LIVED_IN: Mapping[str, tuple[str, ...]] = {
    "KR": ("KR-11", "KR-41", "KR-28", "KR-26", "KR-30"),
    "CN": ("CN-SH", "CN-JS", "CN-SD", "CN-GD", "CN-LN", "CN-TJ"),
    "SG": ("SG",),
}
CLOSED: Mapping[str, str] = {"CN": "CN-BJ"}
CITIES: Mapping[str, tuple[str, ...]] = {"CN-LN": ("Shenyang", "Dalian")}
SPONSORS: Mapping[str, tuple[str, ...]] = {
    "CN": ("tianjin-display", "suzhou-semiconductor", "yantai-shipyard", "guangzhou-panel", "shenyang-motors"),
    "KR": ("incheon-biologics", "ulsan-heavy-industries", "pyeongtaek-semiconductor", "busan-port", "gumi-electronics"),
    "SG": ("jurong-refining", "tuas-pharma"),
}
_FAMILY = ("Kim", "Lee", "Park", "Choi", "Jung", "Kang"), ("Wang", "Li", "Zhang", "Liu", "Chen", "Yang"), ("Tan", "Lim", "Ng")
_GIVEN = ("Minjun", "Seoyeon", "Jiho", "Haeun"), ("Wei", "Fang", "Lei", "Jing"), ("Wei Ling", "Jun Jie")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Who a synthetic traveller is. Passport numbers begin with ZZ, which no state issues."""

    name: str
    passport: str
    birth_date: date
    nationality: str
    email: str
    telephone: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One traveller's whole journey, in the order of what happens."""

    profile: Profile
    case: Case
    departure: datetime
    fate: Fate
    events: tuple[Event, ...]


def profile(chance: random.Random, party: str, number: int) -> Profile:
    """A traveller's identity, plainly synthetic."""
    which = {"KR": 0, "CN": 1}.get(party, 2)
    name = f"{chance.choice(_GIVEN[which])} {chance.choice(_FAMILY[which])} (drill {number:05})"
    return Profile(
        name=name,
        passport=f"ZZ{number:07}",
        birth_date=date(chance.randint(1958, 1997), chance.randint(1, 12), chance.randint(1, 28)),
        nationality=party,
        email=f"traveller-{number:05}@drill.invalid",
        telephone=f"+000 555 {number:05}",
        language={"KR": "ko", "CN": "zh-Hans"}.get(party, "en"),
    )


def pick_fate(chance: random.Random) -> Fate:
    """A fate, in the proportions of SHARES."""
    return chance.choices(tuple(SHARES), tuple(SHARES.values()))[0]


def pick_case(chance: random.Random, agreement: Agreement, route: str, fate: Fate, on: date) -> Case:
    """A case that the route is open for on that date, unless the fate is a closed region."""
    way = agreement.routes[route]
    probe = Case(
        route=route, purpose="", companion=None, origin=way.origin_party, destination=way.destination_party,
        arrival_place=way.destination_party,
    )  # fmt: skip
    held = agreement.provisions(probe, on)
    origin = chance.choice([place for place in LIVED_IN[way.origin_party] if held.reach.comes_from(place)])
    region = chance.choice(sorted(held.reach.open) or [way.destination_party])
    destination = region if "-" in region else chance.choice(LIVED_IN[region])  # the whole country is open
    if fate is Fate.CLOSED_REGION:
        destination = CLOSED.get(way.destination_party, destination)
    companions = sorted(held.eligibility.companions)
    return Case(
        route=route,
        purpose=chance.choice(sorted(held.eligibility.purposes)),
        companion=chance.choice(companions) if companions and chance.random() < 0.08 else None,
        origin=origin,
        destination=destination,
        arrival_place=destination,
        city=chance.choice(CITIES[destination]) if destination in CITIES else None,
    )


def scripts(
    texts: Versions, *, seed: int, first: date, days: int, routes: tuple[str, ...] = (), start: int = 1
) -> Iterator[Script]:
    """Endless scripts; departures fall on ``days`` days from ``first`` on, in turn over the routes."""
    chance = random.Random(seed)  # noqa: S311 — a drill must be repeatable
    ways = routes or tuple(sorted(texts.newest.routes))
    for number in count(start):
        departure = datetime(first.year, first.month, first.day, tzinfo=UTC)
        departure += timedelta(days=chance.randrange(days), minutes=5 * chance.randrange(12 * 12))
        yield script_of(texts, chance, departure=departure, route=ways[number % len(ways)], number=number)


def script_of(
    texts: Versions, chance: random.Random, *, departure: datetime, route: str, number: int, fate: Fate | None = None
) -> Script:
    """One traveller's script; without a fate, chance chooses it."""
    from fastchannel.cli.drill_script import write_script

    named = texts.current((departure - LONGEST_LEAD).date())
    governing = next((one for one in reversed(list(texts)) if one.in_force <= departure.date()), named)
    fate = fate or pick_fate(chance)
    case = pick_case(chance, named, route, fate, departure.date())
    held = governing.provisions(case, departure.date())
    if not _possible(fate, held):
        fate = Fate.RELEASED
    who = profile(chance, named.routes[route].origin_party, number)
    return write_script(chance, governing, case, held, named=named, departure=departure, fate=fate, profile=who, number=number)


def _possible(fate: Fate, held: Provisions) -> bool:
    """Whether the agreement knows a rule that this fate breaks."""
    if fate is Fate.CLOSED_REGION:
        return held.destination_party in CLOSED
    if fate is Fate.WRONG_LABORATORY:
        return next(one.designated for one in held.measures if isinstance(one, LaboratoryTest))
    return fate not in (Fate.SILENT, Fate.SYMPTOMS) or any(isinstance(one, Monitor) for one in held.measures)
