"""Curves and distributions as a text writes them: ``{ gamma = { shape = 7.2, scale = 0.8 } }``.

A distribution is one of ``days`` (the same for everyone), ``gamma``, ``erlang``, ``weibull``, ``lognormal``, ``normal``,
``exponential``, ``uniform``, ``values`` (single values with weights), ``steps`` (counts between edges) and ``growing``. A curve
is a distribution's density or, with ``cumulative = true``, its distribution function; or one of ``constant``, ``table``,
``file``, ``logistic``, ``exponential_rise``, ``pieces``, ``product``, ``through`` and ``level_of``; and it may be moved
(``shift``), multiplied (``times``) and brought to a total or a peak of one (``normalise = "total" | "peak"``).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping
from itertools import islice, pairwise

import numpy as np

from fastchannel.agreement.mistakes import quoted
from fastchannel.forecast.infection.curves import (
    Constant,
    Curve,
    Density,
    ExponentialRise,
    LogisticPolynomial,
    Moved,
    Pieces,
    Product,
    Rising,
    Table,
    ThroughLevel,
    peak,
)
from fastchannel.forecast.infection.distributions import (
    Atoms,
    Distribution,
    Gamma,
    Growing,
    Lognormal,
    Normal,
    Point,
    Steps,
    Uniform,
    Weibull,
)
from fastchannel.forecast.reading.files import file_beside
from fastchannel.forecast.reading.texts import MOST, Part

MOST_ROWS = 100_000
MOST_DAYS = 10_000.0  # a curve that lasts longer is of no infection, and would take for ever to integrate
FARTHEST_DAYS, LEAST_DAYS = 1e7, 1e-6  # what can be told from infinity, and from a single value
MOST_POWERS = 16
MOST_PIECES = 100
MOST_GROWTH = 500.0  # as a power of e: more is beyond all numbers
LEAST_SHAPE = 0.05
LEAST_SIZE = 1e-12
BETWEEN = ("linear", "pchip", "step")


def _shifted(part: Part) -> float:
    return part.number("shift", 0.0)


def _gamma(part: Part) -> Distribution:
    part.only(("shape", "scale", "mean", "shift"))
    shape = part.number("shape", above=0.0)
    scale = part.number("mean", above=0.0) / shape if "mean" in part else part.number("scale", above=0.0)
    return Gamma(shape, scale, _shifted(part))


def _weibull(part: Part) -> Distribution:
    part.only(("shape", "scale", "shift"))
    shape = part.number("shape", above=0.0)
    if shape < LEAST_SHAPE:
        part.wrong("shape", f"a number from {LEAST_SHAPE:g}")
        shape = 1.0
    return Weibull(shape, part.number("scale", above=0.0), _shifted(part))


def _lognormal(part: Part) -> Distribution:
    part.only(("mean_log", "sd_log", "median", "shift"))
    mean_log = math.log(part.number("median", above=0.0)) if "median" in part else part.number("mean_log", low=-20.0, high=20.0)
    return Lognormal(mean_log, part.number("sd_log", above=0.0, high=10.0), _shifted(part))


def _normal(part: Part) -> Distribution:
    part.only(("mean", "sd"))
    return Normal(part.number("mean"), part.number("sd", above=0.0))


def _exponential(part: Part) -> Distribution:
    part.only(("mean", "shift"))
    return Gamma(1.0, part.number("mean", above=0.0), _shifted(part))


def _growing(part: Part) -> Distribution:
    part.only(("from", "until", "rate"))
    low, high, rate = part.number("from"), part.number("until"), part.number("rate")
    if high <= low:
        part.wrong("until", 'a time after "from"')
        return Uniform(low, low + 1.0)
    if abs(rate) * (high - low) > MOST_GROWTH:
        part.wrong("rate", f"a rate that makes less than e^{MOST_GROWTH:g} of one in that time")
        return Uniform(low, high)
    return Uniform(low, high) if rate == 0.0 else Growing(low, high, rate)


def _values(part: Part) -> Distribution:
    part.only(("at", "weights"))
    at = part.numbers("at")
    weights = part.numbers("weights", len(at)) if "weights" in part else tuple(1.0 for _ in at)
    if not at or min(weights) < 0.0 or sum(weights) <= 0.0:
        part.wrong("weights" if "weights" in part else "at", "at least one value, and weights that are not negative")
        return Point(0.0)
    return Atoms(at, weights)


def _steps(part: Part) -> Distribution:
    part.only(("edges", "counts"))
    edges = part.numbers("edges")
    counts = part.numbers("counts", max(len(edges) - 1, 0))
    if len(edges) < 2 or any(b <= a for a, b in pairwise(edges)) or min(counts) < 0.0 or sum(counts) <= 0.0:
        part.wrong("edges", "edges that increase, and between them counts that are not negative and not all nought")
        return Uniform(0.0, 1.0)
    return Steps(edges, counts)


_TABLES: Mapping[str, Callable[[Part], Distribution]] = {
    "gamma": _gamma,
    "erlang": _gamma,
    "weibull": _weibull,
    "lognormal": _lognormal,
    "normal": _normal,
    "exponential": _exponential,
    "growing": _growing,
    "values": _values,
    "steps": _steps,
}
DISTRIBUTIONS = ("days", "uniform", *_TABLES)


def read_distribution(part: Part, *, also: tuple[str, ...] = ()) -> Distribution:
    """A distribution; ``also`` names further keys that the table may have."""
    found = _distribution(part, also)
    low, high = found.support
    narrow = not isinstance(found, Point | Atoms) and not high - low >= LEAST_DAYS
    if narrow or not -FARTHEST_DAYS <= low <= high <= FARTHEST_DAYS:
        part.text.wrong(
            part.place,
            f"nearly all of it between {low:g} and {high:g}",
            f"days, and between {LEAST_DAYS:g} and {FARTHEST_DAYS:g} of them",
        )
        return Uniform(0.0, 1.0)
    return found


def _distribution(part: Part, also: tuple[str, ...]) -> Distribution:
    kinds = [key for key in DISTRIBUTIONS if key in part]
    if len(kinds) != 1:
        part.wrong(None, f"one distribution, one of {', '.join(DISTRIBUTIONS)}")
        return Point(1.0)
    kind = kinds[0]
    part.only((kind, *also))
    if kind == "days":
        return Point(part.number("days"))
    if kind == "uniform":
        low, high = part.numbers("uniform", 2)
        if high <= low:
            part.wrong("uniform", "two times, the second after the first")
            return Uniform(low, low + 1.0)
        return Uniform(low, high)
    inner = part.part(kind)
    return _TABLES[kind](inner) if inner else Point(1.0)


def read_duration(part: Part) -> Distribution:
    """A distribution of a length of time, which is never negative."""
    found = read_distribution(part)
    if found.support[0] < 0.0:
        part.wrong(None, "a length of time that is never negative")
        return Point(1.0)
    return found


CHANGES = ("shift", "times", "normalise", "cumulative")
CURVES = ("constant", "table", "file", "logistic", "exponential_rise", "pieces", "product", "through", "level_of")


_FURTHER: Mapping[str, tuple[str, ...]] = {
    "constant": ("from", "until"),
    "table": ("between", "held"),
    "file": ("time", "value", "draw", "between", "held"),
    "logistic": ("centre", "from", "until"),
}
CURVE_KEYS = tuple(dict.fromkeys((*DISTRIBUTIONS, *CURVES, *CHANGES, *(key for keys in _FURTHER.values() for key in keys))))


def read_curve(
    part: Part, named: Mapping[str, Curve] | None = None, limits: tuple[float, float] = (-math.inf, math.inf)
) -> Curve:
    """A curve. ``named`` are curves that it may refer to by name (``infectiousness``, in a test that follows the load).

    ``limits`` are those of its heights: figures in a table are drawn within them. Whether the curve keeps them is another
    question (`within`).
    """
    kinds = [key for key in (*DISTRIBUTIONS, *CURVES) if key in part]
    if len(kinds) != 1:
        part.wrong(None, f"one curve, one of {', '.join((*CURVES, *DISTRIBUTIONS[1:]))}")
        return Constant(0.0)
    kind = kinds[0]
    if "times" in part or "normalise" in part:
        limits = (-math.inf, math.inf)
    curve = _density(part, kind) if kind in DISTRIBUTIONS else _other(part, kind, named or {}, limits)
    low, high = curve.support
    if not (-FARTHEST_DAYS <= low <= FARTHEST_DAYS and low <= high <= low + MOST_DAYS):
        part.text.wrong(part.place, f"a curve from day {low:g} to day {high:g}", f"one of at most {MOST_DAYS:g} days")
        return Constant(0.0)
    return _sound(part, _changed(part, curve))


def _sound(part: Part, curve: Curve) -> Curve:
    """The curve if its heights are numbers that can be reckoned with."""
    heights = curve.values(np.concatenate((np.linspace(*curve.support, 257), curve.kinks)))
    if np.all(np.abs(heights) <= MOST):
        return curve
    part.text.wrong(part.place, "a curve that goes beyond all bounds", f"heights up to {MOST:g}")
    return Constant(0.0)


def _density(part: Part, kind: str) -> Curve:
    found = read_distribution(part, also=CHANGES)
    if isinstance(found, Point | Atoms):
        part.wrong(kind, "a distribution with a density")
        return Constant(0.0)
    return Rising(found) if part.flag("cumulative") else Density(found)


def _other(part: Part, kind: str, named: Mapping[str, Curve], limits: tuple[float, float]) -> Curve:
    part.only((kind, *CHANGES[:-1], *_FURTHER.get(kind, ())))
    if kind == "constant":
        return Constant(part.number("constant"), part.number("from", 0.0), part.number("until", 1_000.0))
    if kind == "table":
        return _table(part, limits)
    if kind == "file":
        return _file(part)
    if kind == "logistic":
        return _logistic(part)
    if kind == "exponential_rise":
        return _exponential_rise(part.needed(kind, "its rate and where it reaches one"))
    if kind == "pieces":
        return _pieces(part, named, limits)
    if kind == "product":
        curves = [read_curve(entry, named) for entry in part.parts(kind)]
        if len(curves) != 2:
            part.wrong(kind, "a list of two curves")
            return Constant(0.0)
        return Product(*curves)
    if kind == "level_of":
        return _referred(part, kind, named)
    return _through(part.needed(kind, "the level, and what is known after its peak"), named)


def _logistic(part: Part) -> Curve:
    coefficients = part.numbers("logistic")
    if not 1 <= len(coefficients) <= MOST_POWERS:
        part.wrong("logistic", f"1 to {MOST_POWERS} coefficients, lowest power first")
        return Constant(0.0)
    centre = part.number("centre", 0.0, low=-FARTHEST_DAYS, high=FARTHEST_DAYS)
    return LogisticPolynomial(coefficients, centre, part.number("from", 0.0), part.number("until", 1_000.0))


def _exponential_rise(part: Part) -> Curve:
    part.only(("rate", "at"))
    rate, at = part.number("rate", above=0.0), part.number("at", low=LEAST_DAYS)
    if rate * at > MOST_GROWTH:
        part.wrong("rate", f"a rate that makes less than e^{MOST_GROWTH:g} of one in that time")
        return Constant(0.0)
    return ExponentialRise(rate, at)


def _referred(part: Part, key: str, named: Mapping[str, Curve]) -> Curve:
    """The curve that a key names."""
    if not named:
        part.wrong(key, "no such key: there is no curve here that it could name")
        return Constant(0.0)
    return named.get(part.choice(key, tuple(named)), Constant(0.0))


def _changed(part: Part, curve: Curve) -> Curve:
    factor = part.number("times", 1.0)
    normalise = part.choice("normalise", ("no", "total", "peak"), "no")
    if normalise != "no":
        size = curve.total if normalise == "total" else peak(curve)[1]
        if not LEAST_SIZE <= size <= 1.0 / LEAST_SIZE:
            part.wrong("normalise", "a curve that is somewhere above nought, and finite")
            return curve
        factor /= size
    shift = part.number("shift", 0.0)
    if abs(shift) > FARTHEST_DAYS:
        part.wrong("shift", f"at most {FARTHEST_DAYS:g} days")
        return curve
    return curve if factor == 1.0 and shift == 0.0 else Moved(curve, shift, factor)


def _knots(part: Part, x: tuple[float, ...], y: tuple[float, ...]) -> Curve:
    if len(x) < 2 or any(b - a < LEAST_DAYS for a, b in pairwise(x)):
        part.wrong(None, f"at least two times, each after the one before by {LEAST_DAYS:g} days or more")
        return Constant(0.0)
    return Table(x, y, part.choice("between", BETWEEN, "linear"), part.flag("held"))


def _table(part: Part, limits: tuple[float, float]) -> Curve:
    """Pairs ``[day, value]``, or tables ``{ day, value, low, high }``."""
    rows = part.raw.get("table")
    if not isinstance(rows, list) or not rows:
        part.wrong("table", "a list of pairs of a day and a value")
        return Constant(0.0)
    x: list[float] = []
    y: list[float] = []
    for i, row in enumerate(rows):
        if isinstance(row, dict):
            knot = Part(part.text, row, (*part.place, "table", i))
            figure = {key: value for key, value in row.items() if key != "day"}
            x.append(knot.number("day"))
            y.append(Part(part.text, {i: figure}, knot.place[:-1]).number(i, low=limits[0], high=limits[1]))
        elif isinstance(row, list) and len(row) == 2:
            pair = Part(part.text, dict(enumerate(row)), (*part.place, "table", i))
            x.append(pair.number(0))
            y.append(pair.number(1, low=limits[0], high=limits[1]))
        else:
            part.text.wrong((*part.place, "table", i), quoted(row), "a pair of a day and a value")
            return Constant(0.0)
    return _knots(part, tuple(x), tuple(y))


def _file(part: Part) -> Curve:
    """Two columns of a CSV file beside the text; of several draws in one file, the draw that the value ``draw`` names."""
    path, time, value = file_beside(part), part.words("time", "day"), part.words("value", "value")
    column = part.words("draw", "")
    if path is None:
        return Constant(0.0)
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            rows = list(islice(csv.DictReader(lines), MOST_ROWS + 1))
        if not 0 < len(rows) <= MOST_ROWS:
            part.wrong("file", f"a CSV file of 1 to {MOST_ROWS:,} rows under a line of names")
            return Constant(0.0)
        if column:
            draws = list(dict.fromkeys(row[column] for row in rows))
            chosen = draws[int(part.text.values.get("draw", 0.0)) % len(draws)]
            rows = [row for row in rows if row[column] == chosen]
        x, y = tuple(float(row[time]) for row in rows), tuple(float(row[value]) for row in rows)
    except OSError as error:
        part.wrong("file", f"a file that can be read ({error.strerror})")
        return Constant(0.0)
    except KeyError as error:
        part.wrong("file", f"a CSV file with the column {error}")
        return Constant(0.0)
    except (TypeError, ValueError, csv.Error) as error:
        part.wrong("file", f"numbers in the columns {time} and {value} ({error})")
        return Constant(0.0)
    if not all(-MOST <= number <= MOST for number in (*x, *y)):
        part.wrong("file", f"a number in every row of {time} and {value}")
        return Constant(0.0)
    return _knots(part, x, y)


def _pieces(part: Part, named: Mapping[str, Curve], limits: tuple[float, float]) -> Curve:
    """Curves one after the other; with ``join = true`` a piece is multiplied so that it meets the next one."""
    entries = part.parts("pieces")
    if len(entries) > MOST_PIECES:
        part.wrong("pieces", f"at most {MOST_PIECES} curves")
        return Constant(0.0)
    curves: list[Curve] = []
    until: list[float] = []
    joins: list[bool] = []
    for i, entry in enumerate(entries):
        last = i == len(entries) - 1  # its "until" is the curve's own
        keys = {key: value for key, value in entry.raw.items() if last or key not in ("until", "join")}
        joined = not last and entry.flag("join")
        free = (-math.inf, math.inf)
        curves.append(read_curve(Part(part.text, keys, entry.place), named, free if joined else limits))
        joins.append(joined)
        if not last:
            until.append(entry.number("until"))
    if len(curves) < 2 or any(b <= a for a, b in pairwise(until)):
        part.wrong("pieces", 'at least two curves, all but the last with an "until" after the one before')
        return Constant(0.0)
    for i in range(len(until) - 1, -1, -1):
        if joins[i]:
            at = np.array([until[i]])
            height = float(curves[i].values(at)[0])
            if height <= 0.0:
                entries[i].wrong("join", "a piece that is above nought at its end")
                continue
            curves[i] = Moved(curves[i], factor=float(curves[i + 1].values(at)[0]) / height)
    return Pieces(tuple(curves), tuple(until))


def _through(part: Part, named: Mapping[str, Curve]) -> Curve:
    part.only(("level", "after_peak", "until", "step"))
    level = _referred(part, "level", named)
    inner = part.needed("after_peak", "the curve that is known on the falling branch")
    known = read_curve(inner, named) if inner.raw else Constant(0.0)
    start = peak(level)[0]
    until, step = part.number("until", start + 30.0), part.number("step", 0.1, above=0.0, high=10.0)
    if until <= start + step or (until - start) / step > MOST_ROWS:
        part.wrong("until", f"a time after the peak at {start:.3g}")
        return Constant(0.0)
    if np.unique(level.values(np.arange(start, until + 0.5 * step, step))).size < 2:
        part.wrong("level", "a curve that falls after its peak")
        return Constant(0.0)
    return ThroughLevel(level, known, start, until, step)


def within(part: Part, curve: Curve, low: float, high: float, what: str) -> None:
    """Note a mistake where a curve leaves its limits, with the day and the height."""
    times = np.linspace(*curve.support, 4_001) if curve.support[1] > curve.support[0] else np.array(curve.support)
    times = np.concatenate((times, curve.kinks))
    heights = curve.values(times)
    for bad in (int(np.argmin(heights)), int(np.argmax(heights))):
        if not low - 1e-9 <= heights[bad] <= high + 1e-9:
            limits = f"from {low:g}" if math.isinf(high) else f"from {low:g} to {high:g}"
            part.text.wrong(part.place, f"{heights[bad]:.4g} on day {times[bad]:.4g}", f"{what} {limits}")
            return
