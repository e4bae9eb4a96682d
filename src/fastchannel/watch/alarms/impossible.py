"""Certificates that cannot be true: results in less time, in greater number or of more people than a laboratory can give.

Nothing here is a matter of chance, so no false alarm rate applies. But a wrong clock, a wrong time zone or a slip of the
keyboard looks the same as a forgery: each finding names its rows, for a person to ask the laboratory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from fastchannel.watch.errors import WatchError


class Impossibility(StrEnum):
    """Why it cannot be."""

    BEFORE_SAMPLE = "result_before_sample"
    TOO_QUICK = "too_quick"
    TOO_MANY = "too_many"
    SHARED_NUMBER = "shared_number"
    TWO_PLACES = "two_places"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A test certificate: its record's id, the number that it carries, its laboratory, whose it is (a pseudonym), and when the
    sample was taken and the result given, both with their time zone."""

    id: str
    number: str
    laboratory: str
    person: str
    sampled: datetime
    resulted: datetime

    def __post_init__(self) -> None:
        if self.sampled.tzinfo is None or self.resulted.tzinfo is None:
            raise WatchError(
                f"certificate {self.id}: found a time without a time zone; the moments of sample and result were expected with "
                "theirs; take the zone of the laboratory's place"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Laboratory:
    """What a laboratory can do: samples a day of its own calendar, and the shortest time from sample to result."""

    most_per_day: int
    shortest: timedelta
    zone: tzinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Impossible:
    """One finding: what was found, what the limit was (in hours, samples or persons), and the certificates it rests on."""

    code: Impossibility
    laboratory: str
    found: float
    limit: float
    rows: tuple[str, ...]


SAME_PERSON = timedelta(hours=1)  # to be at two laboratories, where their distance is not known


def impossible(
    certificates: Iterable[Certificate], laboratories: Mapping[str, Laboratory], between_places: timedelta = SAME_PERSON
) -> tuple[Impossible, ...]:
    """All findings, by laboratory and kind. Limits of laboratories that are not in ``laboratories`` are not checked.

    ``between_places`` is the shortest time between one person's samples at two laboratories.
    """
    every = sorted({one.id: one for one in certificates}.values(), key=lambda one: (one.sampled, one.id))
    found = [*_times(every, laboratories), *_volumes(every, laboratories), *_numbers(every), *_places(every, between_places)]
    return tuple(sorted(found, key=lambda one: (one.laboratory, one.code, one.rows)))


def _times(certificates: Iterable[Certificate], laboratories: Mapping[str, Laboratory]) -> Iterator[Impossible]:
    for one in certificates:
        taken = one.resulted - one.sampled
        shortest = laboratories[one.laboratory].shortest if one.laboratory in laboratories else timedelta(0)
        if taken < timedelta(0):
            yield _finding(Impossibility.BEFORE_SAMPLE, one.laboratory, _hours(taken), 0.0, [one])
        elif taken < shortest:
            yield _finding(Impossibility.TOO_QUICK, one.laboratory, _hours(taken), _hours(shortest), [one])


def _volumes(certificates: Iterable[Certificate], laboratories: Mapping[str, Laboratory]) -> Iterator[Impossible]:
    days: dict[tuple[str, object], list[Certificate]] = defaultdict(list)
    for one in certificates:
        if one.laboratory in laboratories:
            days[one.laboratory, one.sampled.astimezone(laboratories[one.laboratory].zone).date()].append(one)
    for (laboratory, _), group in days.items():
        most = laboratories[laboratory].most_per_day
        if len(group) > most:
            yield _finding(Impossibility.TOO_MANY, laboratory, float(len(group)), float(most), group)


def _numbers(certificates: Iterable[Certificate]) -> Iterator[Impossible]:
    numbers: dict[tuple[str, str], list[Certificate]] = defaultdict(list)
    for one in certificates:
        numbers[one.laboratory, one.number].append(one)
    for (laboratory, _), group in numbers.items():
        persons = {one.person for one in group}
        if len(persons) > 1:
            yield _finding(Impossibility.SHARED_NUMBER, laboratory, float(len(persons)), 1.0, group)


def _places(certificates: Iterable[Certificate], between: timedelta) -> Iterator[Impossible]:
    persons: dict[str, list[Certificate]] = defaultdict(list)
    for one in certificates:
        persons[one.person].append(one)
    for group in persons.values():
        for i, one in enumerate(group):
            for other in group[i + 1 :]:
                apart = other.sampled - one.sampled
                if apart >= between:
                    break
                if one.laboratory != other.laboratory:
                    for laboratory in (one.laboratory, other.laboratory):
                        yield _finding(Impossibility.TWO_PLACES, laboratory, _hours(apart), _hours(between), [one, other])


def _finding(
    code: Impossibility, laboratory: str, found: float, limit: float, certificates: Sequence[Certificate]
) -> Impossible:
    return Impossible(
        code=code, laboratory=laboratory, found=found, limit=limit, rows=tuple(sorted(one.id for one in certificates))
    )


def _hours(span: timedelta) -> float:
    return span / timedelta(hours=1)
