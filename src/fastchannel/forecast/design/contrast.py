"""Which of two agreements is better, and how sure that is: both forecast at the same draws of the unknowns.

Most of what is unknown is unknown of both alike and cancels in their difference: that is why the draws are paired.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from fastchannel.agreement.agreement import Agreement
from fastchannel.forecast.cases import Group
from fastchannel.forecast.figures import UNITS, Key, Name
from fastchannel.forecast.forecast import Drawn, Settings, figures_by_draw
from fastchannel.forecast.infection.distributions import Floats
from fastchannel.forecast.infection.pathogens import Profile
from fastchannel.forecast.practice import PracticeText, default_practice
from fastchannel.forecast.situation import Situation
from fastchannel.terms.errors import FastChannelError

MORE_IS_BETTER = frozenset({Name.POTENTIAL_AVERTED, Name.AVERTED_SHARE, Name.NO_IMPORT})
NEITHER = frozenset({Name.INFECTED, Name.TRAVELLING, Name.DETECTED, Name.DETECTED_PER_MILLION})  # no better for being less


class ContrastError(FastChannelError):
    """Two agreements that have nothing to compare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A value at the figures' own values, with the 2.5 and 97.5 per cent points over the draws; None where there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One figure of both: ``difference`` is a − b and ``ratio`` a / b (None where b is nought, however it is drawn).

    ``a_better`` and ``b_better`` are the shares of draws in which one is strictly better; None for a figure of which neither
    less nor more is better, and without draws.
    """

    name: Name
    of: str
    a: float
    b: float
    difference: Interval
    ratio: Interval
    a_better: float | None
    b_better: float | None

    @property
    def unit(self) -> str:
        return UNITS[self.name]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupContrast:
    """The travellers of both texts who correspond: by route, place and purpose, else the largest group of the route."""

    route: str
    a: Group
    b: Group
    differences: tuple[Difference, ...]

    def difference(self, name: Name, of: str = "") -> Difference:
        """One figure's. Raises KeyError."""
        for found in self.differences:
            if (found.name, found.of) == (name, of):
                return found
        raise KeyError((name, of))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """Two agreements, or two versions of one, side by side. ``only_a`` and ``only_b`` are routes that the other lacks."""

    a: Agreement
    b: Agreement
    pathogen: str
    settings: Settings
    groups: tuple[GroupContrast, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]

    def of(self, route: str) -> GroupContrast:
        """The largest group of a route. Raises KeyError."""
        for found in self.groups:
            if found.route == route:
                return found
        raise KeyError(route)


def compare(
    a: Agreement,
    b: Agreement,
    profile: Profile,
    situation: Situation,
    *,
    on: tuple[date, date] | None = None,
    practice: PracticeText | None = None,
    settings: Settings | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Contrast:
    """Compare two agreements, each as it holds on its first day, or on the days ``on``, at the same draws.

    Raises ContrastError where they have no route in common, ReadingError, SituationError.
    """
    practice, settings = practice or default_practice(), settings or Settings()
    days = on or (a.in_force, b.in_force)
    common = [route for route in a.routes if route in b.routes]
    if not common:
        raise ContrastError(f"{a.id} has the routes {', '.join(a.routes)}, {b.id} has {', '.join(b.routes)}: none in common")

    def report(part: int) -> Callable[[int, int], None] | None:
        return None if progress is None else lambda done, count: progress(part * count + done, 2 * count)

    found_a = figures_by_draw(a, profile, situation, on=days[0], practice=practice, settings=settings, progress=report(0))
    found_b = figures_by_draw(b, profile, situation, on=days[1], practice=practice, settings=settings, progress=report(1))
    contrasts = [
        GroupContrast(
            route=found_a.groups[i].route,
            a=found_a.groups[i],
            b=found_b.groups[j],
            differences=_differences(found_a, i, found_b, j),
        )
        for i, j in _pairs(found_a, found_b)
    ]
    return Contrast(
        a=a,
        b=b,
        pathogen=profile.id,
        settings=settings,
        groups=tuple(contrasts),
        only_a=tuple(route for route in a.routes if route not in common),
        only_b=tuple(route for route in b.routes if route not in common),
    )


def _pairs(a: Drawn, b: Drawn) -> list[tuple[int, int]]:
    """The positions of groups that correspond: each of a with that of b of its name, else with the largest of its route."""
    largest: dict[str, int] = {}
    for j, group in enumerate(b.groups):
        largest.setdefault(group.route, j)
    named = {(group.route, group.places, group.purposes): j for j, group in enumerate(b.groups)}
    return [
        (i, named.get((group.route, group.places, group.purposes), largest[group.route]))
        for i, group in enumerate(a.groups)
        if group.route in largest
    ]


def _differences(a: Drawn, i: int, b: Drawn, j: int) -> tuple[Difference, ...]:
    """Every figure that both have; a step or a trigger of one that the other lacks has nothing to stand against."""
    return tuple(
        _difference(key, a.central[i][key], b.central[j][key], _drawn(a, i, key), _drawn(b, j, key))
        for key in a.central[i]
        if key in b.central[j]
    )


def _drawn(found: Drawn, group: int, key: Key) -> Floats:
    return np.array([run[group].get(key, np.nan) for run in found.runs])


def _difference(key: Key, a: float, b: float, drawn_a: Floats, drawn_b: Floats) -> Difference:
    name, of = key
    both = np.isfinite(drawn_a) & np.isfinite(drawn_b)
    drawn_a, drawn_b = drawn_a[both], drawn_b[both]
    dividing = drawn_b != 0.0
    ratios = drawn_a[dividing] / drawn_b[dividing]
    sign = -1.0 if name in MORE_IS_BETTER else 1.0
    judged = name not in NEITHER and drawn_a.size > 0
    return Difference(
        name=name,
        of=of,
        a=a,
        b=b,
        difference=_interval(a - b, drawn_a - drawn_b),
        ratio=_interval(a / b if b != 0.0 else None, ratios),
        a_better=float(np.mean(sign * drawn_a < sign * drawn_b)) if judged else None,
        b_better=float(np.mean(sign * drawn_a > sign * drawn_b)) if judged else None,
    )


def _interval(value: float | None, drawn: Floats) -> Interval:
    if drawn.size < 2:
        return Interval(value=value)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Interval(value=value, low=float(low), high=float(high))
