"""A forecast as a table and as JSON keeps every figure, and tells apart what has no interval."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from fastchannel.agreement.shipped import shipped
from fastchannel.forecast.figures import UNITS, Figure, Name
from fastchannel.forecast.forecast import Forecast, GroupForecast, Settings, forecast
from fastchannel.forecast.infection.pathogens import shipped_profile
from fastchannel.forecast.infection.sources import sourced
from fastchannel.forecast.shown.output import COLUMNS, OutputError, detections, document, to_json, to_table, write
from fastchannel.forecast.shown.wording import number, percent, with_interval
from fastchannel.forecast.situation import Incidence, Situation


@pytest.fixture(scope="module")
def found() -> Forecast:
    situation = Situation(incidence={"": Incidence(per_day=2e-6)}, travellers_per_day={"kr-cn": 100.0})
    agreement = shipped()["china-korea"].newest
    return forecast(agreement, shipped_profile("sars-cov-2-ancestral"), situation, settings=Settings(draws=3))


def test_the_table_has_a_row_for_each_figure_with_its_unit(found: Forecast) -> None:
    table = to_table(found)
    assert table.columns == list(COLUMNS)
    assert table.height == sum(len(group.figures) for group in found.groups)
    assert set(table["digest"]) == {found.digest}
    row = table.filter((pl.col("route") == "cn-kr") & (pl.col("name") == "imports_per_million")).row(0, named=True)
    figure = found.of("cn-kr").figure(Name.IMPORTS)
    assert (row["value"], row["low"], row["high"], row["unit"]) == (figure.value, figure.low, figure.high, UNITS[Name.IMPORTS])


def test_tables_of_two_forecasts_stand_below_each_other(found: Forecast) -> None:
    other = replace(found, pathogen="another")
    assert set(to_table(found, other)["pathogen"]) == {found.pathogen, "another"}


def test_without_draws_an_interval_is_null_and_not_nought(found: Forecast) -> None:
    group = found.groups[0]
    bare = GroupForecast(group=group.group, figures=(Figure(name=Name.TESTS, of="", value=2.0),))
    table = to_table(replace(found, groups=(bare,)))
    assert table.select("low", "median", "high").row(0) == (None, None, None)


def test_a_number_that_is_not_finite_is_null(found: Forecast) -> None:
    wrong = GroupForecast(group=found.groups[0].group, figures=(Figure(name=Name.TESTS, of="", value=math.inf),))
    assert to_table(replace(found, groups=(wrong,)))["value"].to_list() == [None]
    assert (
        json.loads(json.dumps(to_json(replace(found, groups=(wrong,))), allow_nan=False))["groups"][0]["figures"][0]["value"]
        is None
    )


def test_json_names_format_texts_and_situation(found: Forecast) -> None:
    plain = json.loads(json.dumps(to_json(found), allow_nan=False))
    assert (plain["format"], plain["format_version"]) == ("fastchannel-forecast", 1)
    assert plain["agreement"] == {"id": "china-korea", "version": found.version, "digest": found.digest}
    assert plain["situation"]["incidence"] == {"": {"per_day": 2e-6, "growth_per_day": 0.0}}
    assert [group["id"] for group in plain["groups"]] == [group.group.id for group in found.groups]
    assert set(plain["groups"][0]["figures"][0]) == {"name", "of", "unit", "value", "low", "median", "high"}


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".json"])
def test_what_is_written_reads_back_the_same(found: Forecast, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"forecast{ending}"
    write([found], path)
    if ending == ".json":
        assert json.loads(path.read_text()) == json.loads(json.dumps(document([found])))
    else:
        back = pl.read_parquet(path) if ending == ".parquet" else pl.read_csv(path)
        assert back["value"].to_list() == pytest.approx(to_table(found)["value"].to_list(), rel=1e-12)


def test_an_ending_that_we_do_not_write_is_refused_with_those_that_we_do(found: Forecast, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"found the ending \"\.xls\"; expected one of \.parquet, \.csv, \.json"):
        write([found], tmp_path / "forecast.xls")


def test_a_folder_that_is_not_there_is_an_error_of_ours(found: Forecast, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write([found], tmp_path / "nowhere" / "forecast.csv")


def test_steps_come_in_the_order_of_the_journey(found: Forecast) -> None:
    steps = [figure.of for figure in detections(found.of("kr-cn"))]
    assert steps.index("self-monitoring") < steps.index("test-before-departure") < steps.index("naat-on-arrival")
    assert steps[-1] == "closed-loop"


def test_every_unknown_of_a_profile_is_listed_with_a_source_or_a_basis() -> None:
    profile = shipped_profile("sars-cov-2-delta")
    listed = {one.name: one for one in sourced(profile.written)}
    assert {name.removeprefix("pathogen.") for name in profile.unknowns} <= set(listed)
    assert all(one.source or one.basis for one in listed.values())
    assert listed["test.naat.table"].points[0].day == 0.0


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0"), (3916.9, "3,920"), (12.345, "12.3"), (150.2, "150"), (0.4, "0.40"), (0.0048, "0.0048"), (2.3e-7, "2.3e-7")],
)
def test_numbers_have_three_figures(value: float, words: str) -> None:
    assert number(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0 %"), (1.0, "100 %"), (0.5, "50 %"), (0.985, "98.5 %"), (1e-9, "< 0.01 %"), (1 - 1e-9, "> 99.99 %")],
)
def test_a_share_is_never_rounded_to_certainty(value: float, words: str) -> None:
    assert percent(value) == words


def test_an_interval_that_says_nothing_is_left_out() -> None:
    assert with_interval(Figure(name=Name.TESTS, of="", value=2.0, low=2.0, median=2.0, high=2.0)) == "2.00"
    assert with_interval(Figure(name=Name.TESTS, of="", value=2.0, low=1.0, median=2.0, high=3.0)) == "2.00 (1.00 – 3.00)"
