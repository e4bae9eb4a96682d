"""Small agreements of a few measures, as a forecast reads them."""

from __future__ import annotations

from datetime import date
from functools import cache

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.load import load
from fastchannel.agreement.shipped import shipped
from fastchannel.forecast.infection.pathogens import Pathogen, shipped_profile
from fastchannel.forecast.measures import RouteReading, read_measures
from fastchannel.forecast.practice import Practice, default_practice
from tests.agreement.small import CASE, SMALL

ON = date(2020, 5, 1)
FLIGHT_DAYS = 0.15  # of the default practice; samples are taken halfway into their window, results take a day
_MEASURE = "[[route.kr-cn.measure]]\n"
_PASSPORT = 'id = "passport"\nkind = "document"\nby = "departure"'


@cache
def covid() -> Pathogen:
    return shipped_profile("sars-cov-2-ancestral").at()


@cache
def practice() -> Practice:
    return default_practice().at()


def written(*measures: str, more: str = "") -> Agreement:
    """The small agreement with other measures on its route, each given without its table's name and clause."""
    before, after = SMALL[: SMALL.index(_MEASURE)], SMALL[SMALL.index("[route.kr-cn.positive]") :]
    asked = measures or (_PASSPORT,)  # a route must ask for something
    clauses = (f'{_MEASURE}clause = "{4 + i}"\n{measure.strip()}\n' for i, measure in enumerate(asked))
    return load(f"{before}{chr(10).join(clauses)}\n{after}{more}")


def read(*measures: str, pathogen: Pathogen | None = None, kept: Practice | None = None) -> RouteReading:
    """What a forecast reads in the small agreement with these measures."""
    provisions = written(*measures).provisions(CASE, ON)
    return read_measures(provisions, CASE, pathogen or covid(), kept or practice())


def versions(agreement: str) -> dict[int, Agreement]:
    return {version.version: version for version in shipped()[agreement].texts}
