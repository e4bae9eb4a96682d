"""Promises that an agreement's own measures break."""

from __future__ import annotations

import pytest

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.load import load
from fastchannel.agreement.shipped import shipped
from fastchannel.forecast.design.promise import REFERENCE_PER_MILLION, broken_promise
from fastchannel.forecast.figures import Name
from fastchannel.forecast.forecast import Settings, forecast
from fastchannel.forecast.infection.pathogens import shipped_profile
from fastchannel.forecast.situation import Incidence, Situation


def _promising(imports_per_million: float, pathogen: str = "sars-cov-2") -> Agreement:
    written = shipped()["china-singapore"].newest.written
    budget = f'budget = {{ imports_per_million = {imports_per_million}, clause = "9(1)" }}\nunder_way = {{'
    return load(written.replace("under_way = {", budget, 1).replace('"sars-cov-2"', f'"{pathogen}"'), name="text.toml")


def test_a_budget_below_what_the_best_case_lets_through_is_broken() -> None:
    agreement = _promising(1.0)
    found = broken_promise(agreement, name="text.toml")
    assert found is not None
    assert found.least_per_million > 1.0
    line = agreement.written.splitlines()[found.warning.line - 1]
    assert line.startswith("budget")
    assert "a budget of 1" in found.warning.found
    assert found.route in found.warning.found
    assert "10 new infections per million people and day" in found.warning.expected


def test_the_best_case_is_no_worse_than_any_forecast_at_the_figures_own_values() -> None:
    found = broken_promise(_promising(1.0))
    assert found is not None
    situation = Situation(incidence={"": Incidence(per_day=REFERENCE_PER_MILLION / 1e6)})
    for name in ("sars-cov-2-ancestral", "sars-cov-2-delta", "sars-cov-2-omicron"):
        central = forecast(_promising(1.0), shipped_profile(name), situation, settings=Settings(draws=0))
        assert found.least_per_million <= central.of(found.route).figure(Name.IMPORTS).value * (1.0 + 1e-6)


def test_a_budget_that_can_be_kept_is_no_warning() -> None:
    assert broken_promise(_promising(1_000.0)) is None


def test_a_budget_that_holds_at_one_incidence_is_broken_at_a_higher() -> None:
    assert broken_promise(_promising(60.0)) is None
    assert broken_promise(_promising(60.0), incidence_per_million=500.0) is not None


@pytest.mark.parametrize("identifier", list(shipped()))
def test_an_agreement_without_a_budget_promises_nothing(identifier: str) -> None:
    assert broken_promise(shipped()[identifier].newest) is None


def test_a_pathogen_that_no_profile_is_of_cannot_be_judged() -> None:
    assert broken_promise(_promising(1.0, pathogen="measles")) is None
