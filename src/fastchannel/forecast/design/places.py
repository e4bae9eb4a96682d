"""How many places a day a route can have: the most that keep what is imported in a period within a limit.

A quota changes nothing for the single traveller; it is the last thing that can be set, once the measures are chosen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fastchannel.agreement.provisions import Quota
from fastchannel.forecast.design.amendments import Places
from fastchannel.forecast.design.design import Designed
from fastchannel.forecast.design.space import DesignError, Goal
from fastchannel.forecast.forecast import MILLION, parties_of
from fastchannel.forecast.imports import Parties
from fastchannel.forecast.measures import DAYS_OF

MOST_PER_DAY = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyPlaces:
    """The most places a day on a route, over ``days``, and the amendment that writes them where the text has a quota."""

    route: str
    per_day: int
    days: float
    amendment: Places | None


def most_places(
    designed: Designed, route: str, *, most_imports: float | None = None, least_no_import: float | None = None
) -> DailyPlaces:
    """The most places with which, at the confidence of the search, a limit is kept on a designed route.

    ``most_imports`` limits the imports expected in the situation's days; ``least_no_import`` is the least probability of none
    at all. Give one of them. Raises DesignError, KeyError for a route that was not designed.
    """
    if (most_imports is None) == (least_no_import is None):
        raise DesignError("found both limits, or neither; expected one of most_imports and least_no_import")
    if designed.goal is not Goal.IMPORTS:
        raise DesignError(f'found a design whose goal is "{designed.goal}"; expected "{Goal.IMPORTS}": places limit imports')
    found = designed.of(route)
    days = found.setting.situation.days
    each = np.array(found.chosen.reached) / MILLION
    travellers = np.empty(each.size)
    for i, (draw, import_) in enumerate(zip(designed.draws, each, strict=True)):
        if most_imports is not None:
            travellers[i] = most_imports / import_ if import_ > 0.0 else np.inf
        else:
            parties = parties_of(found.setting.practice.at(draw))
            travellers[i] = _travellers(float(import_), least_no_import or 0.0, parties)
    kept = np.sort(travellers)[::-1]
    enough = kept[max(math.ceil(designed.confidence * each.size - 1e-9), 1) - 1]  # what enough draws allow
    per_day = int(min(enough / days + 1e-9, MOST_PER_DAY))
    return DailyPlaces(route=route, per_day=per_day, days=days, amendment=_amendment(designed, route, per_day))


def _travellers(each: float, none: float, parties: Parties) -> float:
    """How many travellers leave the probability of no import at ``none``: `imports.none_probability` turned round."""
    if not 0.0 < none < 1.0:
        raise DesignError(f"probability of no import: found {none:g}; expected between 0 and 1")
    share = min(parties.size * each / parties.cluster, 1.0)
    if share <= 0.0:
        return math.inf
    return 0.0 if share >= 1.0 else parties.size * math.log(none) / math.log1p(-share)


def _amendment(designed: Designed, route: str, per_day: int) -> Places | None:
    setting = designed.of(route).setting
    provisions = setting.agreement.provisions(setting.case, setting.on)
    for measure in provisions.measures:
        if isinstance(measure, Quota) and measure.per in DAYS_OF:
            return Places(measure=measure.id, people=int(per_day * DAYS_OF[measure.per]))
    return None
