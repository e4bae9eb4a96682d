"""What others published, met by scenario files (`make conformance` prints the table)."""

from __future__ import annotations

from pathlib import Path

import pytest

from fastchannel.forecast.scenario.comparison import Compared
from fastchannel.forecast.scenario.scenario import load_scenario
from tools.conformance import SCENARIOS, compared, rows

VALUES = {"ashcroft": 49, "csc": 112, "johansson": 288 + 240, "wells": 260}


@pytest.fixture
def published(shared: Path) -> Path:
    path = shared / "data" / "risk"
    if not path.is_dir():
        pytest.skip("needs ../shared/data/risk beside the repository: it holds the published tables")
    return path


@pytest.mark.parametrize("model", ["ashcroft", "wells"])
def test_every_published_value_is_met_within_its_tolerance(model: str, published: Path) -> None:
    found = compared(model, published)
    assert sum(one.values for one in found) == VALUES[model]
    assert [one for one in found if not one.held] == []


@pytest.mark.slow
@pytest.mark.parametrize("model", ["johansson", "csc"])
def test_every_published_value_is_met_within_its_tolerance_where_that_takes_longer(model: str, published: Path) -> None:
    found = compared(model, published)
    assert sum(one.values for one in found) == VALUES[model]
    assert [one for one in found if not one.held] == []


def test_a_scenario_that_is_not_the_published_model_exceeds_the_tolerance(published: Path) -> None:
    written = (SCENARIOS / "ashcroft.toml").read_text(encoding="utf-8")
    scenario = load_scenario(written.replace("shape = 3.277", "shape = 3.2"), folder=published)
    (found,) = scenario.compared(scenario.run())
    assert not found.held
    assert found.largest_deviation > 1e-3


def test_a_mean_of_quotients_is_not_the_quotient_of_sums(published: Path) -> None:
    written = (SCENARIOS / "ashcroft.toml").read_text(encoding="utf-8")
    scenario = load_scenario(written.replace('"of arrivals"', '"of sums"'), folder=published)
    (found,) = scenario.compared(scenario.run())
    assert found.largest_deviation > 0.1


def test_a_published_value_for_which_there_is_no_case_is_not_passed_over(published: Path) -> None:
    written = (SCENARIOS / "ashcroft.toml").read_text(encoding="utf-8")
    scenario = load_scenario(written.replace("release = [0, 1, ", "release = [0, "), folder=published)
    (found,) = scenario.compared(scenario.run())
    assert found.unmatched == 1
    assert not found.held


def test_the_table_says_where_a_tolerance_is_exceeded() -> None:
    found = Compared(id="a model", values=3, unmatched=0, tolerance=1e-3, largest_deviation=0.5, at="q = 7")
    assert next(rows((found,))).endswith("EXCEEDED at q = 7")
