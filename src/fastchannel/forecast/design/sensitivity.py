"""Which unknown matters most for a figure: how much of its variance each holds, by itself and with others.

First every unknown of the profile and the practice is moved along a few paths through its range (Morris, Technometrics 1991,
10.1080/00401706.1991.10484804): what changes nothing anywhere is not read by the agreement and is left out, and the others are
ordered by the mean size of their effects. Then the first `MOST_UNKNOWNS` of them get Sobol indices of first order and in
total (Saltelli et al., Comput Phys Commun 2010, 10.1016/j.cpc.2009.09.018); all that remain move together as one, so that the
variance that they hold is in the result and not lost. Both are SALib's, on the unit cube, with fixed random numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
from SALib.analyze import morris as analyse_morris
from SALib.analyze import sobol as analyse_sobol
from SALib.sample import morris as sample_morris
from SALib.sample import sobol as sample_sobol
from scipy import special

from fastchannel.agreement.agreement import Agreement
from fastchannel.forecast.figures import Key, Name
from fastchannel.forecast.forecast import Settings, figures_by_draw
from fastchannel.forecast.infection.distributions import Floats
from fastchannel.forecast.infection.draws import Draw
from fastchannel.forecast.infection.pathogens import Profile
from fastchannel.forecast.practice import PracticeText, default_practice
from fastchannel.forecast.situation import Situation
from fastchannel.terms.errors import FastChannelError

MOST_UNKNOWNS = 12
REST = "the rest"
LOW, HIGH = 0.025, 0.975  # the ends of a path: those of the published intervals
EDGE = 1e-6
IDLE = 1e-5  # an effect on the figure, as a share of its value, that is no more than the error of the tabulated quadrature


class SensitivityError(FastChannelError):
    """An analysis that cannot be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The share of the figure's variance that an unknown holds: ``first`` by itself, ``total`` with all its interactions.

    Each with the half-width of its 95 % interval; an index that is nought may come out slightly below.
    """

    unknown: str
    first: float
    first_within: float
    total: float
    total_within: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """Shares in the order of their totals. ``rest`` is that of ``pooled``, the unknowns that were moved together, if any.

    ``idle`` are unknowns that the figure does not depend on; ``mean`` and ``sd`` are of the figure over all that is unknown.
    """

    route: str
    figure: Key
    shares: tuple[Share, ...]
    rest: Share | None
    pooled: tuple[str, ...]
    idle: tuple[str, ...]
    mean: float
    sd: float
    evaluations: int


def sensitivity(
    agreement: Agreement,
    profile: Profile,
    situation: Situation,
    *,
    route: str | None = None,
    figure: Key = (Name.IMPORTS, ""),
    on: date | None = None,
    practice: PracticeText | None = None,
    paths: int = 6,
    samples: int = 64,
    most: int = MOST_UNKNOWNS,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Sensitivity:
    """How much each unknown matters for a figure of a route's largest group (the first route, where none is named).

    ``samples`` is a power of two; the work is ``paths`` × (unknowns + 1) + ``samples`` × (``most`` + 3) evaluations. Raises
    SensitivityError where nothing that is unknown changes the figure, ReadingError, SituationError.
    """
    if samples < 2 or samples & (samples - 1):
        raise SensitivityError(f"samples: found {samples}; expected a power of two")
    practice, route = practice or default_practice(), route or next(iter(agreement.routes))
    unknowns = (*profile.unknowns, *practice.unknowns)
    count = paths * (len(unknowns) + 1) + samples * (min(most + 1, len(unknowns)) + 2)
    done = 0

    def evaluate(names: tuple[str, ...], points: Floats) -> Floats:
        nonlocal done
        scores = special.ndtri(np.clip(points, EDGE, 1.0 - EDGE))
        draws: list[Draw] = [dict(zip(names, map(float, row), strict=True)) for row in scores]
        drawn = figures_by_draw(
            agreement,
            profile,
            situation,
            on=on or agreement.in_force,
            practice=practice,
            settings=Settings(draws=0),
            points=draws,
            route=route,
            progress=None if progress is None else lambda n, _: progress(min(done + n, count), count),
        )
        done += len(draws)
        if figure not in drawn.central[0]:
            raise SensitivityError(f"route {route}: found no figure {figure[0]} {figure[1]}".rstrip())
        return np.array([run[0][figure] for run in drawn.runs])

    moving, idle = _screened(unknowns, evaluate, paths, seed)
    if not moving:
        raise SensitivityError(f"route {route}: nothing that is unknown changes the figure {figure[0]}")
    alone = moving[:most] if len(moving) > most + 1 else moving
    pooled = moving[len(alone) :]
    groups = [*alone, *(REST for _ in pooled)]
    problem = {"num_vars": len(moving), "names": list(moving), "bounds": [[0.0, 1.0]] * len(moving), "groups": groups}
    points = sample_sobol.sample(problem, samples, calc_second_order=False, seed=seed)
    reached = evaluate(moving, points)
    if float(np.std(reached)) <= 0.0:
        raise SensitivityError(f"route {route}: the figure {figure[0]} is the same at every draw")
    found = analyse_sobol.analyze(problem, reached, calc_second_order=False, seed=seed)
    shares = _shares([*alone, *([REST] if pooled else [])], found)
    named = [share for share in shares if share.unknown != REST]
    first_two = reached.reshape(samples, -1)[:, [0, -1]]  # the two sets of points that are independent of each other
    return Sensitivity(
        route=route,
        figure=figure,
        shares=tuple(sorted(named, key=lambda share: -share.total)),
        rest=next((share for share in shares if share.unknown == REST), None),
        pooled=pooled,
        idle=idle,
        mean=float(np.mean(first_two)),
        sd=float(np.std(first_two)),
        evaluations=done,
    )


def _screened(
    unknowns: tuple[str, ...], evaluate: Callable[[tuple[str, ...], Floats], Floats], paths: int, seed: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The unknowns that change the figure, by the mean size of their effects, and those that do not."""
    problem = {"num_vars": len(unknowns), "names": list(unknowns), "bounds": [[LOW, HIGH]] * len(unknowns)}
    points = sample_morris.sample(problem, paths, num_levels=4, seed=seed)
    reached = evaluate(unknowns, points)
    found = analyse_morris.analyze(problem, points, reached, seed=seed)
    effects = np.asarray(found["mu_star"], dtype=np.float64)
    still = IDLE * max(float(np.max(np.abs(reached))), 1e-300)
    order = [i for i in np.argsort(-effects, kind="stable") if effects[i] > still]
    moving = tuple(unknowns[i] for i in order)
    return moving, tuple(name for name in unknowns if name not in set(moving))


def _shares(names: list[str], found: dict[str, Floats]) -> list[Share]:
    return [
        Share(unknown=name, first=float(a), first_within=float(b), total=float(c), total_within=float(d))
        for name, a, b, c, d in zip(names, found["S1"], found["S1_conf"], found["ST"], found["ST_conf"], strict=True)
    ]
