"""The trade-off between days lost and risk, as the points of a drawing: the template only writes them down."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fastchannel.casework.forecasts import Held, Outcome, Point
from fastchannel.forecast.figures import Name
from fastchannel.web.forecast_words import amount

WIDTH, HEIGHT = 460, 280
LEFT, RIGHT, TOP, BOTTOM = 50, 14, 14, 44
MOST_TICKS = 5
DAY_STEP = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A curve over the lengths of isolation; ``path`` in the drawing's units."""

    path: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One drawing: the two curves, the text and the proposal. ``limit`` is the height of a promised limit."""

    name: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    plain: Line
    further: Line
    proposed: Dot
    text: Dot | None
    limit: float | None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class _Scale:
    most_days: float
    most: float

    def dot(self, days: float, value: float) -> Dot:
        x = LEFT + (WIDTH - LEFT - RIGHT) * days / self.most_days
        y = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.most
        return Dot(x=round(x, 1), y=round(y, 1))


def panels(held: Held, budget: float | None, language: str) -> tuple[Panel, ...]:
    """Imports, and infections passed on at the destination, against days lost; nothing where there are no curves."""
    if not held.plain:
        return ()
    imports = _panel(held, "imports", budget, language)
    return imports, _panel(held, "onward", None, language)


def _risk(entry: Point | Outcome, name: str) -> float:
    if name == "onward":
        return entry.onward_per_million
    return entry.imports_per_million if isinstance(entry, Point) else entry.figures[Name.IMPORTS, ""]


def _panel(held: Held, name: str, budget: float | None, language: str) -> Panel:
    outcomes = [held.proposed, *([held.text] if held.text else [])]
    entries: tuple[Point | Outcome, ...] = (*held.plain, *held.further, *outcomes)
    highest = max(_risk(entry, name) for entry in entries)
    if budget is not None and budget <= 2.0 * highest:
        highest = max(highest, budget)
    step = _step(highest)
    most = step * max(math.ceil(highest / step), 1)
    longest = max(21.0, *(outcome.reading.held_days for outcome in outcomes), *(point.days_lost for point in held.further))
    scale = _Scale(longest, most)
    marks = [scale.dot(outcome.reading.held_days, _risk(outcome, name)) for outcome in outcomes]
    days = range(0, int(longest) + 1, DAY_STEP)
    return Panel(
        name=name,
        x_ticks=tuple(Tick(at=scale.dot(day, 0.0).x, label=str(day)) for day in days),
        y_ticks=tuple(
            Tick(at=scale.dot(0.0, step * n).y, label=amount(step * n, language)) for n in range(round(most / step) + 1)
        ),
        plain=_line(held.plain, name, scale),
        further=_line(held.further, name, scale),
        proposed=marks[0],
        text=marks[1] if len(marks) > 1 else None,
        limit=scale.dot(0.0, budget).y if budget is not None and budget <= most else None,
    )


def _step(highest: float) -> float:
    """1, 2 or 5 times a power of ten, so that at most five steps reach the highest value."""
    if highest <= 0.0:
        return 1.0
    rough = highest / MOST_TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1.0, 2.0, 5.0, 10.0) if power * factor >= rough * (1.0 - 1e-9))


def _line(points: tuple[Point, ...], name: str, scale: _Scale) -> Line:
    """Points that fall together are drawn once."""
    dots = tuple(dict.fromkeys(scale.dot(point.days_lost, _risk(point, name)) for point in points))
    path = " ".join(f"{'L' if number else 'M'}{dot.x:g},{dot.y:g}" for number, dot in enumerate(dots))
    return Line(path=path, dots=dots)
