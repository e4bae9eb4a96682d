"""Answers to many itineraries are those of the plain way, however they were come by."""

from __future__ import annotations

import pytest

from fastchannel.agreement.shipped import shipped
from fastchannel.forecast import answers as module
from fastchannel.forecast.answers import Answers
from fastchannel.forecast.cases import cases_of
from fastchannel.forecast.engines import answer
from fastchannel.forecast.forecast import Settings, engine_of, problem_of
from fastchannel.forecast.infection.pathogens import shipped_profile
from fastchannel.forecast.measures import read_measures
from fastchannel.forecast.practice import default_practice
from fastchannel.forecast.situation import Incidence

TEXT = shipped()["china-korea"].newest
CASES = [cases_of(TEXT, route, TEXT.in_force)[0] for route in TEXT.routes]
PRACTICE = default_practice().at()
SITUATIONS = [(Incidence(per_day=1e-5), 0.0), (Incidence(per_day=1e-4, growth_per_day=-0.05), 0.4), (Incidence(), 0.0)]


@pytest.mark.parametrize("pathogen", ["sars-cov-2-ancestral", "hypothetical-21-day"])
def test_they_are_what_each_itinerary_gives_by_itself(pathogen: str) -> None:
    known = shipped_profile(pathogen).at()
    readings = [read_measures(TEXT.provisions(case, TEXT.in_force), case, known, PRACTICE) for case in CASES]
    engine, plain = Answers(known, PRACTICE, threads=2), engine_of(Settings())
    for incidence, immune in [*SITUATIONS, SITUATIONS[0]]:
        for reading, found in zip(readings, engine.of(readings, incidence, immune), strict=True):
            expected = answer(problem_of(reading, incidence, immune, known, PRACTICE), plain).together
            for name in ("infected", "released_infected", "completed_infected", "seeding"):
                assert getattr(found.together, name) == pytest.approx(getattr(expected, name), rel=1e-12), name
            for name in ("detected", "potential", "inside", "infectious_days"):
                assert getattr(found.together, name) == pytest.approx(getattr(expected, name), rel=1e-12), name


def test_what_is_kept_stays_within_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FLOWS", 3)
    monkeypatch.setattr(module, "MOST_TABLES", 1)
    known = shipped_profile("sars-cov-2-ancestral").at()
    readings = [read_measures(TEXT.provisions(case, TEXT.in_force), case, known, PRACTICE) for case in CASES]
    engine = Answers(known, PRACTICE)
    first = engine.of(readings, Incidence(per_day=1e-5))
    assert (len(engine._flows), len(engine._prepared)) == (3, 1)
    again = engine.of(readings, Incidence(per_day=1e-5))
    assert [a.together.released_infected for a in first] == [a.together.released_infected for a in again]
