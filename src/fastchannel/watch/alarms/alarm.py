"""The alarms of one day: which units stand out from the forecast, since when, by how much, and on which rows that rests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np

from fastchannel.watch.alarms.bets import Bets, bets, comparisons
from fastchannel.watch.alarms.evidence import Process, process
from fastchannel.watch.alarms.multiple import stand_out
from fastchannel.watch.alarms.policy import QUESTIONS, Against, Code, Policy, Question
from fastchannel.watch.alarms.results import NOTHING_EXPECTED, Expected, Result, Sample, Step, as_known
from fastchannel.watch.errors import WatchError


class Grade(StrEnum):
    """How sure it is."""

    ALARM = "alarm"  # the stated probability of ever raising a false one holds for all of them together
    NOTICE = "notice"  # the stated share of false ones holds among the notices of a day


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a unit's samples since a day come to, in one part of the journey."""

    tested: int  # with a result
    waiting: int  # without one
    positives: int
    expected: Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One unit that stands out. ``since`` is when it most likely began, ``raised`` the day whose samples tipped it.

    ``before`` and ``after`` departure tell what was found and expected since then; a comparison with others has in ``after``
    what these let expect. ``rows`` are the ids of the samples that it rests on: the positives where there were more than
    expected, all with a result where there were fewer. ``e_value`` is the greatest by the day of the alarm; ``threshold`` what
    it needed; ``rate`` the stated rate that holds for this grade, among at most ``units`` units of this question. ``forecasts``
    are those that the samples since then were held against.
    """

    code: Code
    grade: Grade
    unit: str
    since: date
    raised: date
    e_value: float
    threshold: float
    rate: float
    units: int
    before: Tally
    after: Tally
    rows: tuple[str, ...]
    forecasts: tuple[str, ...]

    @property
    def positives(self) -> int:
        """All positives since then."""
        return self.before.positives + self.after.positives

    @property
    def expected(self) -> Expected:
        """All expected since then."""
        return self.before.expected + self.after.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """The evidence on one unit, alarm or not: today's e-value and the greatest so far, on what was known on the day."""

    code: Code
    unit: str
    days: int
    e_value: float
    greatest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """What the watch says on a day: alarms first, most evidence first; and the evidence on every unit."""

    as_known_on: date
    alarms: tuple[Alarm, ...]
    watched: tuple[Watched, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    name: str
    samples: Sequence[Sample]
    bets: Bets
    process: Process


def alarms(results: Iterable[Result], policy: Policy, as_known_on: date) -> Alarms:
    """All alarms as they stand on a day, from the results as they were known then.

    If the forecast holds for every sample given what was known when it was registered, and registering does not wait for
    results, the probability of ever raising an alarm, on any of the days on which one looks, is at most ``policy.alpha``. An
    alarm stays once its threshold was reached, also if later results speak for the forecast again; only a corrected or
    withdrawn result can take it back. Raises WatchError where a question has more units than the policy allowed for.
    """
    samples = as_known(results, as_known_on)
    found: list[Alarm] = []
    watched: list[Watched] = []
    for question in QUESTIONS:
        units = _units(samples, question, policy)
        watched += [
            Watched(
                code=question.code,
                unit=unit.name,
                days=len(unit.bets.days),
                e_value=unit.process.now,
                greatest=float(np.exp(unit.process.log_e.max())),
            )
            for unit in units
        ]
        found += _alarms(question, units, policy)
    found.sort(key=lambda alarm: (alarm.grade, -alarm.e_value / alarm.threshold, alarm.code, alarm.unit))
    return Alarms(as_known_on=as_known_on, alarms=tuple(found), watched=tuple(watched))


def _units(samples: Iterable[Sample], question: Question, policy: Policy) -> list[_Unit]:
    grouped: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        if sample.result.step in question.steps and (name := question.unit(sample.result)):
            grouped[name].append(sample)
    most = policy.most_units[question.code]
    if len(grouped) > most:
        raise WatchError(
            f"alarms about {question.code}: found {len(grouped)} units; at most {most} were allowed"
            " for, on which the stated rate of false alarms rests; state a larger number from a later day on, and start anew"
        )
    if question.against is Against.OTHERS:
        every = comparisons((sample for group in grouped.values() for sample in group), question, policy)
    else:
        every = {name: bets(group, question, policy) for name, group in grouped.items()}
    return [
        _Unit(name=name, samples=grouped[name], bets=made, process=process(made.log_daily))
        for name, made in sorted(every.items())
    ]


def _alarms(question: Question, units: Sequence[_Unit], policy: Policy) -> Iterable[Alarm]:
    threshold = policy.threshold(question.code)
    noticed = stand_out(np.array([unit.process.now for unit in units]), policy.notice_rate, len(units))
    enough = len(units) / (policy.notice_rate * max(int(noticed.sum()), 1))
    for unit, is_noticed in zip(units, noticed, strict=True):
        reached = unit.process.first_reached(threshold)
        if reached is None and not is_noticed:
            continue
        grade = Grade.NOTICE if reached is None else Grade.ALARM
        raised = len(unit.bets.days) - 1 if reached is None else reached
        since = unit.bets.days[unit.process.start(raised)]
        recent = [sample for sample in unit.samples if sample.registered >= since]
        before, after = _tallies(recent, question, unit.bets, since)
        if question.against is Against.BOTH and not _looks_forged(before, after):
            continue
        yield Alarm(
            code=question.code,
            grade=grade,
            unit=unit.name,
            since=since,
            raised=unit.bets.days[raised],
            e_value=unit.process.now if reached is None else float(np.exp(unit.process.log_e.max())),
            threshold=enough if reached is None else threshold,
            rate=policy.notice_rate if reached is None else policy.alpha,
            units=len(units) if reached is None else policy.most_units[question.code],
            before=before,
            after=after,
            rows=tuple(sample.result.id for sample in recent if _supports(sample, question)),
            forecasts=tuple(sorted({sample.forecast for sample in recent if sample.forecast})),
        )


def _tallies(samples: Iterable[Sample], question: Question, made: Bets, since: date) -> tuple[Tally, Tally]:
    split: dict[bool, list[Sample]] = {True: [], False: []}
    for sample in samples:
        split[sample.result.step is Step.BEFORE_DEPARTURE].append(sample)
    before, after = (_tally(split[is_before]) for is_before in (True, False))
    if question.against is not Against.OTHERS:
        return before, after
    alike = sum((expected for day, expected in made.alike.items() if day >= since), 0.0)
    return before, replace(after, expected=Expected(low=alike, value=alike, high=alike))


def _tally(samples: Sequence[Sample]) -> Tally:
    known = [sample for sample in samples if sample.result.positive is not None]
    return Tally(
        tested=len(known),
        waiting=len(samples) - len(known),
        positives=sum(sample.result.positive is True for sample in known),
        expected=sum((sample.expected for sample in known), NOTHING_EXPECTED),
    )


def _looks_forged(before: Tally, after: Tally) -> bool:
    """Evidence against both steps together may come from one alone; forgery shows on both."""
    return before.positives < before.expected.low and after.positives > after.expected.high


def _supports(sample: Sample, question: Question) -> bool:
    if question.against is Against.LOW or (question.against is Against.BOTH and sample.result.step is Step.BEFORE_DEPARTURE):
        return sample.result.positive is not None
    return sample.result.positive is True
