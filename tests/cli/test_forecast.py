"""The forecast commands: what they answer, how they say what is wrong, and the codes they exit with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import polars as pl
import pytest
from click.testing import CliRunner, Result

from fastchannel.agreement.shipped import shipped
from fastchannel.cli.main import build
from fastchannel.forecast.figures import Name
from fastchannel.terms.language import LANGUAGES, pick

ANCESTRAL = ("--pathogen", "sars-cov-2-ancestral", "--draws", "0")
SCENARIO = Path(__file__).resolve().parents[1] / "forecast" / "scenarios" / "presymptomatic.toml"
NUMBER = {"type": ["number", "null"]}
SCHEMA = {
    "type": "object",
    "required": ["format", "format_version", "forecasts"],
    "properties": {
        "format": {"const": "fastchannel-forecast"},
        "format_version": {"const": 1},
        "forecasts": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": [
                    "agreement",
                    "pathogen",
                    "practice",
                    "on",
                    "situation",
                    "settings",
                    "budget_per_million",
                    "groups",
                ],
                "properties": {
                    "groups": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["id", "route", "places", "purposes", "clauses", "figures"],
                            "properties": {
                                "figures": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "additionalProperties": False,
                                        "required": ["name", "of", "unit", "value", "low", "median", "high"],
                                        "properties": {
                                            "name": {"enum": [name.value for name in Name]},
                                            "of": {"type": "string"},
                                            "unit": {"type": "string"},
                                            **dict.fromkeys(("value", "low", "median", "high"), NUMBER),
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(build(), ["forecast", *map(str, arguments)], standalone_mode=False)


def said(*arguments: object) -> str:
    """What a command that fails says."""
    result = run(*arguments)
    assert result.exception is not None, result.output
    return str(result.exception)


def document(*arguments: object) -> dict[str, Any]:
    result = run("run", *arguments, "--json")
    assert result.exception is None, result.exception
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def imports(found: dict[str, Any], route: str) -> float:
    group = next(group for group in found["forecasts"][0]["groups"] if group["route"] == route)
    return float(next(figure["value"] for figure in group["figures"] if figure["name"] == "imports_per_million"))


def series(path: Path, days: int = 60, *, start: date = date(2020, 3, 1), step: int = 1, cases: str = "100") -> Path:
    rows = [f"{start + timedelta(days=step * i)},{cases}" for i in range(days)]
    path.write_text("\n".join(["date,cases", *rows]) + "\n")
    return path


def test_json_is_of_the_documented_shape_and_version() -> None:
    found = document("china-korea@1", "--incidence", 0.2, "--volume", 50, "--draws", 3, "--pathogen", "sars-cov-2-ancestral")
    jsonschema_rs.validator_for(SCHEMA).validate(found)
    assert found["forecasts"][0]["agreement"]["digest"] == shipped()["china-korea"][1].digest
    assert all(figure["low"] is not None for figure in found["forecasts"][0]["groups"][0]["figures"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_names_the_route_and_its_steps_in_the_language(language: str) -> None:
    result = run("run", "china-korea@1", "--incidence", 0.2, "--volume", 100, *ANCESTRAL, "--language", language)
    agreement = shipped()["china-korea"][1]
    route = agreement.routes["kr-cn"]
    titles = {measure.id: pick(measure.title, language) for measure in route.text.measure if measure.title}
    assert result.exception is None, result.exception
    assert pick(agreement.title, language) in result.stdout
    assert pick(route.title, language) in result.stdout
    assert titles["test-before-departure"] in result.stdout
    assert agreement.digest in result.stdout


def test_ten_times_the_incidence_lets_ten_times_as_many_through() -> None:
    one, ten = (document("china-korea@1", "--incidence", rate, *ANCESTRAL) for rate in ("0.2", "20/1M"))
    assert imports(ten, "kr-cn") == pytest.approx(10 * imports(one, "kr-cn"))


def test_each_side_has_its_own_incidence() -> None:
    found = document("china-korea@1", "--incidence", "kr=2", "--incidence", "CN=0", *ANCESTRAL)
    assert imports(found, "cn-kr") == 0.0
    assert imports(found, "kr-cn") > 0.0


def test_one_route_needs_the_incidence_of_its_own_side_alone() -> None:
    found = document("china-korea@1", "--incidence", "KR=2", "--route", "kr-cn", *ANCESTRAL)
    assert {group["route"] for group in found["forecasts"][0]["groups"]} == {"kr-cn"}
    assert list(found["forecasts"][0]["situation"]["incidence"]) == ["KR"]


def test_a_party_s_volume_is_that_of_the_routes_that_start_there() -> None:
    found = document("china-korea@1", "--incidence", 1, "--volume", "KR=80", *ANCESTRAL)
    assert found["forecasts"][0]["situation"]["travellers_per_day"] == {"kr-cn": 80.0}


def test_without_a_profile_every_one_of_the_pathogen_is_forecast_and_stderr_says_so() -> None:
    result = run("run", "china-korea@1", "--incidence", 0.2, "--draws", 0, "--json", "--language", "en")
    listed = [one["pathogen"]["id"] for one in json.loads(result.stdout)["forecasts"]]
    assert listed == ["sars-cov-2-ancestral", "sars-cov-2-delta", "sars-cov-2-omicron"]
    assert "--pathogen chooses one" in result.stderr


def test_daily_cases_of_a_steady_epidemic_are_its_rate(tmp_path: Path) -> None:
    cases = ("--incidence", series(tmp_path / "cases.csv"), "--population", "50e6", "--reported", 0.5)
    rate = 100 / 0.5 / 50e6 * 100_000
    from_file, from_rate = (
        document("china-korea@1", *cases, *ANCESTRAL),
        document("china-korea@1", "--incidence", rate, *ANCESTRAL),
    )
    assert imports(from_file, "kr-cn") == pytest.approx(imports(from_rate, "kr-cn"), rel=0.01)


def test_weekly_cases_are_spread_over_their_days(tmp_path: Path) -> None:
    weekly = series(tmp_path / "weekly.csv", 12, step=7, cases="700")
    found = document("china-korea@1", "--incidence", weekly, "--population", "50e6", *ANCESTRAL)
    assert found["forecasts"][0]["situation"]["incidence"][""]["series"] == pytest.approx([2e-6] * 84)


def test_with_a_day_of_departure_later_cases_are_left_out(tmp_path: Path) -> None:
    cases = series(tmp_path / "cases.csv", 90)
    found = document("china-korea@1", "--incidence", cases, "--population", "50e6", "--on", "2020-05-10", *ANCESTRAL)
    assert len(found["forecasts"][0]["situation"]["incidence"][""]["series"]) == (date(2020, 5, 10) - date(2020, 3, 1)).days


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("2020-03-01,1\n2020-03-02,1\n2020-03-04,1", "cases.csv:4: found date 2020-03-04 after 2020-03-02 (a hole)"),
        ("2020-03-01,1\n2020-03-02,-4", 'cases.csv:3: found "-4" in cases; expected a number that is not negative'),
        ("2020-03-01,1\n2020-03-02,many", 'cases.csv:3: found "many" in cases'),
        ("2020-03-01,1\n2020-03-02,1", "found a series of 2 days; expected at least"),
    ],
)
def test_a_series_that_cannot_be_is_told_with_its_row(tmp_path: Path, rows: str, words: str) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(f"date,cases\n{rows}\n")
    assert words in said("run", "china-korea@1", "--incidence", path, "--population", "50e6", *ANCESTRAL)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--incidence", "200000"), "found 200000 new infections a day per 100,000 people; expected from 0 to 100,000"),
        (("--incidence", "-1"), "expected from 0 to 100,000"),
        (("--incidence", "lots"), 'found "lots"; expected new infections per 100,000 people'),
        (("--incidence", "jp=1"), 'found "jp"; expected a route or a party: kr-cn, cn-kr, CN, KR'),
        (("--incidence", "nowhere.csv", "--population", "9"), "nowhere.csv: cannot be read"),
        (("--incidence", "nowhere.csv"), "found no --population"),
        (("--incidence", "1", "--volume", "-3"), '--volume: found "-3"; expected a number from 0'),
        (("--incidence", "1", "--growth", "3"), "--growth: found 3 a day; expected from -1 to 1"),
        (("--incidence", "1", "--growth", "nan"), "--growth: found nan a day"),
        (("--incidence", "1", "--immune", "2"), "found 2; expected from 0 to 1"),
        (("--incidence", "1", "--prices", "tset=3"), 'found "tset=3"; expected test=, room= or day='),
        (("--incidence", "1", "--pathogen", "sars-cov-2-dleta"), 'Did you mean "sars-cov-2-delta"?'),
        (("--incidence", "1", "--pathogen", "influenza-pandemic"), "asks for the test"),
        (("--incidence", "1", "--route", "kr-jp"), "expected one of kr-cn, cn-kr"),
        (("--incidence", "1", "--out", "forecast.xls"), "expected one of .parquet, .csv, .json"),
        (("--incidence", "kr=1"), 'found no incidence for the route "cn-kr"'),
        ((), "give --incidence"),
    ],
)
def test_what_cannot_be_is_said_with_what_was_found_and_expected(options: tuple[str, ...], words: str) -> None:
    assert words in said("run", "china-korea@1", "--draws", 0, *options)


def test_a_mistake_exits_with_2_and_one_line_on_stderr() -> None:
    command = [sys.executable, "-m", "fastchannel", "forecast", "run", "china-korea", "--incidence", "-1"]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "FASTCHANNEL_LANGUAGE": "en"}, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_table_and_chart_are_written_where_asked(tmp_path: Path) -> None:
    table, chart = tmp_path / "forecast.parquet", tmp_path / "found.svg"
    result = run("run", "china-korea@1", "--incidence", 0.2, *ANCESTRAL, "--out", table, "--figure", chart, "--language", "ko")
    assert result.exception is None, result.exception
    assert set(pl.read_parquet(table)["pathogen"]) == {"sars-cov-2-ancestral"}
    assert pick(shipped()["china-korea"][1].routes["kr-cn"].title, "ko") in chart.read_text()


def test_profiles_are_listed_and_one_is_shown_with_its_sources() -> None:
    listed = json.loads(run("pathogens", "--json").stdout)
    assert "sars-cov-1" in {one["id"] for one in listed}
    one = json.loads(run("pathogens", "sars-cov-2-delta", "--json").stdout)
    figures = {figure["name"]: figure for figure in one["figures"]}
    assert figures["infectiousness.generation_interval"]["doi"].startswith("10.")
    assert figures["infectiousness.dispersion"]["basis"] == "judgement"
    assert "doi:10." in run("pathogens", "sars-cov-2-delta").stdout


def test_a_scenario_is_answered_for_every_case(tmp_path: Path) -> None:
    result = run("scenario", SCENARIO, "--json", "--out", tmp_path / "answers.csv")
    answer = json.loads(result.stdout)
    assert result.return_value == 0
    assert [case["case"]["tested"] for case in answer["cases"]] == ["no", "yes"]
    assert pl.read_csv(tmp_path / "answers.csv").height == len(answer["cases"])


def test_a_mistake_in_a_scenario_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text('[scenario]\nid = "x"\nengin = "quadrature"\n')
    assert "line 3" in said("scenario", path) or ":3" in said("scenario", path)


def test_two_texts_are_compared_at_the_same_draws() -> None:
    result = run("compare", "china-korea@1", "china-korea@5", "--incidence", 0.2, *ANCESTRAL, "--json")
    found = json.loads(result.stdout)
    assert (found["a"]["version"], found["b"]["version"]) == (1, 5)
    group = next(group for group in found["groups"] if group["route"] == "kr-cn")
    of = {(one["name"], one["of"]): one for one in group["differences"]}
    one = of["imports_per_million", ""]
    assert one["difference"]["value"] == pytest.approx(one["a"] - one["b"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("design", "china-korea@1", "--incidence", "1"), "give one of --budget and --most-days"),
        (
            ("design", "china-korea@1", "--incidence", "1", "--budget", "5"),
            "--pathogen: found none; expected one of sars-cov-2",
        ),
        (("design", "china-korea@1", "--incidence", "1", "--budget", "5", "--write", "x.toml"), "--write needs --in-force"),
        (("design", "china-korea@1", "--incidence", "1", "--budget", "5", "--figure", "x.svg"), "--figure shows one route"),
        (("compare", "china-korea@1", "china-singapore", "--incidence", "1", *ANCESTRAL), "none in common"),
        (("sensitivity", "china-korea@1", "--incidence", "1", "--pathogen", "sars-cov-1", "--samples", "3"), "a power of two"),
        (("sensitivity", "china-korea@1", "--incidence", "1", "--route", "kr-jp"), "expected one of kr-cn, cn-kr"),
    ],
)
def test_what_a_search_or_a_comparison_lacks_is_said(arguments: tuple[str, ...], words: str) -> None:
    assert words in said(*arguments)


def test_a_sweep_does_not_write_into_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    asked = ("sweep", "china-korea@1", "--incidence", 1, "--route", "kr-cn", "--out", tmp_path)
    assert "expected an empty folder, or --resume" in said(*asked)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
