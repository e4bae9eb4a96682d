"""How soon the watch finds what is wrong, how often it is wrong itself, and what learning where to test gains: by simulation.

Run it with ``python -m bench.watch_power``; ``--json`` prints the figures for a machine, ``--quick`` uses few runs. The seed is
fixed. docs/explanation/the-statistics-of-alarms.md has its tables and says how to read them.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache

import numpy as np
from numpy.random import Generator

from fastchannel.watch.alarms.evidence import Floats, Integers, log_comparison, process
from fastchannel.watch.alarms.policy import Code, Policy
from fastchannel.watch.arrival_tests.allocation import Rules
from fastchannel.watch.arrival_tests.comparison import Gain, Way, gain, totals
from fastchannel.watch.arrival_tests.worlds import Season

SEED = 20_200_501
DAYS = 180  # after the change
QUIET_DAYS = 60  # before it
NOTICED_AMONG = 20  # units watched, of which one stands out
POLICY = Policy()
MORE, FEWER = np.array(POLICY.more), np.array(POLICY.fewer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What is assumed of a traveller: infected when tested before departure, and infected too late for that test to see."""

    infected: float = 0.01
    later: float = 0.001
    sensitivity: float = 0.8  # of the laboratory before departure while it is well
    on_arrival: float = 0.85

    def before(self, sensitivity: float) -> float:
        """Positive before departure."""
        return self.infected * sensitivity

    def arriving(self, sensitivity: float, real: float = 1.0) -> float:
        """Positive on arrival among those who travel, where a share ``real`` was truly tested before departure."""
        found = self.infected * sensitivity * real
        return (self.infected - found + self.later) * self.on_arrival / (1.0 - found)


JOURNEY = Journey()
INTERVALS = {"forecast exact": 1.0, "forecast's interval ± 30 %": 1.3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Days from the change to the alarm: median and 90 per cent point (None: not within the time simulated), the share of runs
    with an alarm by then, and the median until the unit would be noticed as the only one of `NOTICED_AMONG`."""

    volume: int
    median: float | None
    ninety: float | None
    found: float
    noticed: float | None


def delays(volume: int, runs: int, code: Code, drawn: Callable[[int], Floats]) -> Delay:
    """``drawn(volume)`` draws the logarithm of each day's factors (days, ratios), the change after `QUIET_DAYS`."""
    alarm, notice = [], []
    for _ in range(runs):
        found = process(drawn(volume))
        alarm.append(_days(found.first_reached(POLICY.threshold(code))))
        later = np.flatnonzero(found.log_e[QUIET_DAYS:] >= math.log(NOTICED_AMONG / POLICY.notice_rate))
        notice.append(float(later[0]) + 1.0 if len(later) else math.inf)
    return Delay(
        volume=volume,
        median=_point(alarm, 0.5),
        ninety=_point(alarm, 0.9),
        found=float(np.isfinite(alarm).mean()),
        noticed=_point(notice, 0.5),
    )


def _days(reached: int | None) -> float:
    return math.inf if reached is None else max(reached - QUIET_DAYS + 1.0, 0.0)


def _point(days: list[float], at: float) -> float | None:
    point = float(np.quantile(days, at, method="inverted_cdf"))
    return point if math.isfinite(point) else None


CHANGED = np.arange(QUIET_DAYS + DAYS) >= QUIET_DAYS


def _counts(positives: Integers, tested: int, limit: float | Floats, ratios: Floats) -> Floats:
    """All of each day's results of one probability at once, (days, ratios)."""
    days = np.broadcast_to(np.asarray(limit, np.float64), positives.shape)[:, None]
    return np.asarray(positives[:, None] * np.log(ratios) - tested * np.log1p(days * (ratios - 1.0)), np.float64)


def half_sensitivity(generator: Generator, runs: int, volumes: tuple[int, ...]) -> Mapping[str, list[Delay]]:
    """A laboratory whose sensitivity halves from one day on, at several travellers a day, by the test that finds it."""
    well, half = JOURNEY.sensitivity, JOURNEY.sensitivity / 2.0
    on_arrival = np.where(CHANGED, JOURNEY.arriving(half), JOURNEY.arriving(well))
    before_departure = np.where(CHANGED, JOURNEY.before(half), JOURNEY.before(well))
    tables: dict[str, list[Delay]] = {}
    for name, factor in INTERVALS.items():
        high, low = JOURNEY.arriving(well) * factor, JOURNEY.before(well) / factor

        def arriving(volume: int, high: float = high) -> Floats:
            return _counts(generator.binomial(volume, on_arrival), volume, high, MORE)

        def before(volume: int, low: float = low) -> Floats:
            return _counts(generator.binomial(volume, before_departure), volume, low, FEWER)

        tables[f"on arrival, {name}"] = [delays(n, runs, Code.NEGATIVES_TURN_POSITIVE, arriving) for n in volumes]
        tables[f"before departure, {name}"] = [delays(n, runs, Code.LABORATORY_FEWER, before) for n in volumes]

    def others(volume: int) -> Floats:
        own = generator.binomial(volume, on_arrival)
        foreign = generator.binomial(4 * volume, JOURNEY.arriving(well), len(CHANGED))
        pairs = zip(own.tolist(), foreign.tolist(), strict=True)
        return np.array([_compared(k, k + more, volume) for k, more in pairs])

    code = Code.NEGATIVES_AGAINST_OTHERS
    tables["on arrival, against four times as many others"] = [delays(n, runs, code, others) for n in volumes]
    return tables


@cache
def _compared(own: int, every: int, volume: int) -> Floats:
    return log_comparison(own, volume, every, 5 * volume, MORE)


def forgery(generator: Generator, runs: int, volumes: tuple[int, ...]) -> Mapping[str, list[Delay]]:
    """An issuer of whose certificates a share is sold without a test from one day on."""
    well, factor = JOURNEY.sensitivity, 1.3
    high, low = JOURNEY.arriving(well) * factor, JOURNEY.before(well) / factor
    tables = {}
    for share in (0.25, 0.5, 1.0):
        real = 1.0 - share
        found = np.where(CHANGED, JOURNEY.before(well) * real, JOURNEY.before(well))
        arriving = np.where(CHANGED, JOURNEY.arriving(well, real), JOURNEY.arriving(well))

        def both(volume: int, found: Floats = found, arriving: Floats = arriving) -> Floats:
            before = _counts(generator.binomial(volume, found), volume, low, FEWER)
            after = _counts(generator.binomial(volume, arriving), volume, high, MORE)
            return np.tile(after, (1, len(FEWER))) + np.repeat(before, len(MORE), axis=1)

        tables[f"{share:.0%} sold, forecast's interval ± 30 %"] = [delays(n, runs, Code.FORGERY, both) for n in volumes]
    return tables


SURGES = ((5.0, 9), (5.0, 14), (3.0, 9))  # days to double, days by which reports lag


def surge(generator: Generator, runs: int, volumes: tuple[int, ...]) -> Mapping[str, list[Delay]]:
    """A region whose prevalence begins to double, while what is expected follows reports that lag.

    Days count from the surge's beginning; reports begin to show it after their lag.
    """
    base, factor, ceiling = 0.003, 1.3, 0.1
    day = np.arange(len(CHANGED)) - QUIET_DAYS
    tables = {}
    for doubling, lag in SURGES:
        true = np.minimum(base * 2.0 ** (np.maximum(day, 0) / doubling), ceiling)
        expected = np.minimum(base * 2.0 ** (np.maximum(day - lag, 0) / doubling), ceiling) * factor

        def arriving(volume: int, true: Floats = true, expected: Floats = expected) -> Floats:
            return _counts(generator.binomial(volume, true), volume, expected, MORE)

        name = f"doubling every {doubling:g} days, reports {lag} days behind and their interval ± 30 %"
        tables[name] = [delays(volume, runs, Code.SURGE, arriving) for volume in volumes]
    return tables


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseAlarms:
    """How often one unit's e-process ever reached 1 / α in a year of daily looks while the forecast held at its worst."""

    alpha: float
    mean_per_day: float
    share: float
    runs: int


def false_alarms(generator: Generator, runs: int) -> list[FalseAlarms]:
    """At several daily numbers of positives."""
    found = []
    for mean in (0.05, 0.5, 5.0):
        tested, limit = 1_000, mean / 1_000
        greatest = np.empty(runs)
        for run in range(runs):
            positives = generator.binomial(tested, limit, 365)
            greatest[run] = process(_counts(positives, tested, limit, MORE)).log_e.max()
        found += [
            FalseAlarms(alpha=alpha, mean_per_day=mean, share=float((greatest >= -math.log(alpha)).mean()), runs=runs)
            for alpha in (0.1, 0.01)
        ]
    return found


SEASONS: Mapping[str, Season] = {
    "as assumed": Season(),
    "half as many tests": Season(tests=0.075),
    "no drift and no surges": Season(drift_per_day=0.0, surges=0.0),
    "published rates show all alike": Season(ascertainment=0.0),
    "… at once, of those who travel, all profiles alike": Season(
        ascertainment=0.0, travellers_differ=0.0, between_profiles=0.0, report_lag_days=1, report_window_days=3
    ),
}


RULES: Mapping[str, Rules] = {
    "as by default": Rules(),
    "no floor": Rules(floor=0.0),
    "a floor of 5 %": Rules(floor=0.05),
    "nothing tested to learn but the floor": Rules(discount=0.0),
    "results fade in half the time": Rules(half_life_days=7.0),
}


def learning(name: str, worlds: int) -> Mapping[str, Gain]:
    """The gain of learning where to test in one kind of seasons, over each other way, from a stream of its own."""
    generator = np.random.default_rng((SEED, list(SEASONS).index(name)))
    counts = totals(SEASONS[name], tuple(Way), Rules(), worlds, generator)
    return {way.value: gain(counts[Way.LEARNING], counts[way], generator) for way in Way if way is not Way.LEARNING}


def ruled(name: str, worlds: int) -> Mapping[str, Gain]:
    """The gain over random tests under one set of rules, in the first kind of seasons and the same worlds for all rules."""
    generator = np.random.default_rng((SEED, 0))
    counts = totals(Season(), (Way.RANDOM, Way.LEARNING), RULES[name], worlds, generator)
    return {"random": gain(counts[Way.LEARNING], counts[Way.RANDOM], generator)}


def measure(*, quick: bool) -> dict[str, object]:
    """Everything, each part from a stream of its own."""
    runs, worlds, volumes = (20, 2, (100, 500)) if quick else (200, 8, (20, 50, 100, 200, 500, 1_000))
    streams = iter(np.random.default_rng(SEED).spawn(6))
    return {
        "half_sensitivity": _plain(half_sensitivity(next(streams), runs, volumes)),
        "forgery": _plain(forgery(next(streams), runs, volumes)),
        "surge": _plain(surge(next(streams), runs, volumes)),
        "false_alarms": [asdict(one) for one in false_alarms(next(streams), 100 if quick else 1_000)],
        "learning": _gains({name: learning(name, worlds) for name in SEASONS}),
        "rules": _gains({name: ruled(name, worlds) for name in RULES}),
    }


def _plain(tables: Mapping[str, list[Delay]]) -> dict[str, list[dict[str, object]]]:
    return {name: [asdict(one) for one in rows] for name, rows in tables.items()}


def _gains(tables: Mapping[str, Mapping[str, Gain]]) -> dict[str, dict[str, dict[str, float]]]:
    return {name: {way: asdict(one) for way, one in gains.items()} for name, gains in tables.items()}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measure(quick=asked.quick)
    if asked.json:
        print(json.dumps(found, indent=2))
        return
    for name, part in found.items():
        print(f"\n{name}")
        print("\n".join(_lines(part)))


def _lines(part: object, indent: str = "  ") -> Iterator[str]:
    if isinstance(part, Mapping) and not any(isinstance(value, Mapping | list) for value in part.values()):
        yield indent + ", ".join(
            f"{key} {value:g}" if isinstance(value, float) else f"{key} {value}" for key, value in part.items()
        )
    elif isinstance(part, Mapping):
        for key, value in part.items():
            yield f"{indent}{key}"
            yield from _lines(value, indent + "  ")
    elif isinstance(part, list):
        for value in part:
            yield from _lines(value, indent)


if __name__ == "__main__":
    main()
