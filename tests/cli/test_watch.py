"""The commands of watch: what they print, write and answer with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fastchannel.cli.main import build
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.language import LANGUAGES

FLIGHTS = """\
flight,carrier,arrived,known,tested,positive
KE1,KE,2020-06-11,2020-06-12,100,17
KE1,KE,2020-07-16,2020-07-17,100,0
CA1,CA,2020-06-12,2020-06-13,100,4
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(build(), ["watch", *map(str, arguments)], standalone_mode=False)


@pytest.fixture
def flights(tmp_path: Path) -> Path:
    path = tmp_path / "flights.csv"
    path.write_text(FLIGHTS, encoding="utf-8")
    return path


@pytest.fixture
def bubble(tmp_path: Path) -> Path:
    """Fourteen days of two cities; in Singapore the mean passes 5 on the tenth."""
    folder = tmp_path / "bubble"
    folder.mkdir()
    rows = [f"2021-05-{n:02},2021-05-{n:02},{place},unlinked_cases,{0 if place == 'HK' or n < 9 else 18}"
            for n in range(1, 15) for place in ("HK", "SG")]  # fmt: skip
    (folder / "cases.csv").write_text("\n".join(["published,day,place,figure,count", *rows]), encoding="utf-8")
    return folder


def test_replay_prints_each_change_with_its_reason_and_clause(flights: Path) -> None:
    done = run("replay", "circuit-breaker@1", flights)
    assert done.return_value == 0
    assert "circuit-breaker@1" in done.stdout
    assert "found KE1 2020-06-11: 17" in " ".join(done.stdout.split()).replace("│ │ │ │ │ │ ", "").replace("│ ", "")
    assert "4(2)" in done.stdout


def test_replay_in_json_has_codes_figures_and_sentences(flights: Path) -> None:
    told = json.loads(run("replay", "circuit-breaker@1", flights, "--until", "2020-07-20", "--json").stdout)
    assert (told["agreement"], told["from"], told["until"]) == ("circuit-breaker", "2020-06-11", "2020-07-20")
    assert told["data"] == {"rows": 3, "accepted": 3, "faults": []}
    assert {(one["trigger"], one["subject"]["name"], one["first"], one["last"]) for one in told["stops"]} == {
        ("five-on-a-flight", "KE1", "2020-06-12", "2020-06-19"),
        ("ten-on-a-flight", "KE1", "2020-06-12", "2020-07-10"),
    }
    (first,) = (one for one in told["changes"] if one["day"] == "2020-06-12" and one["subject"]["name"] == "KE1")
    assert (first["state"], first["stopped"], first["until"]) == ("suspended", True, "2020-07-10")
    assert {reason["code"] for reason in first["reasons"]} == {"trigger.fired"}
    assert first["reasons"][0]["found"][0]["value"] == 17
    assert first["reasons"][0]["text"].startswith("The number of this channel's travellers found positive")


def test_hindsight_and_other_places_change_what_is_read(bubble: Path) -> None:
    (bubble / "later.csv").write_text(
        "published,day,place,figure,count\n" + "\n".join(f"2021-06-01,2021-05-{n:02},SG,unlinked_cases,0" for n in range(9, 15))
    )
    announced = [
        [stop["announced"] for stop in json.loads(run("replay", *asked, "--json").stdout)["stops"]]
        for asked in (
            ("hong-kong-singapore@1", bubble),
            ("hong-kong-singapore@1", bubble, "--as-known", "2021-06-01"),
            ("hong-kong-singapore@1", bubble, "--place", "SG=HK"),
        )
    ]
    assert announced == [["2021-05-10"], [], []]


@pytest.mark.parametrize("ending", ["svg", "png", "html"])
def test_replay_draws_a_chart_that_fetches_nothing(bubble: Path, tmp_path: Path, ending: str) -> None:
    chart = tmp_path / f"chart.{ending}"
    done = run("replay", "hong-kong-singapore@1", bubble, "--chart", chart)
    assert done.return_value == 0
    raw = chart.read_bytes()
    assert raw.startswith({"svg": b"<svg", "png": b"\x89PNG", "html": b"<!doctype html>"}[ending])
    if ending != "png":
        drawn = raw.decode()
        assert "<script" not in drawn
        assert "href=" not in drawn
        assert "suspended" in drawn
        assert "Singapore" in drawn


def test_a_row_that_is_not_taken_is_named_and_the_exit_code_says_so(flights: Path) -> None:
    flights.write_text(FLIGHTS + "KE1,KE,2020-13-01,2020-07-17,100,0\n", encoding="utf-8")
    done = run("replay", "circuit-breaker@1", flights, "--json")
    assert done.return_value == 1
    assert f"{flights}:5: found arrived '2020-13-01'; expected a date such as 2020-05-01" in done.stderr
    assert "4 rows: 3 taken, 1 not" in done.stderr
    assert json.loads(done.stdout)["data"]["faults"][0]["row"] == 5


def test_compare_has_one_row_for_each_rule_on_the_same_data(flights: Path) -> None:
    asked = ("compare", flights, "circuit-breaker@1", "circuit-breaker@2", "circuit-breaker@3", "--until", "2020-07-31")
    told = json.loads(run(*asked, "--json").stdout)
    assert told["event"] == "positives(day) >= 1"
    assert [(rule["version"], rule["stops"], rule["days_open"], rule["imports_admitted"]) for rule in told["rules"]] == [
        (1, 2, 51 - 28 / 2, 21),
        (2, 2, 51 - 28 / 2, 21),
        (3, 2, 51 - 14 / 2, 21),
    ]
    printed = run(*asked)
    assert "circuit-breaker@3" in printed.stdout
    assert "37.0 / 51" in printed.stdout


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_comparison_needs_nothing_else(flights: Path, tmp_path: Path, language: str) -> None:
    page = tmp_path / "page.html"
    done = run("compare", flights, "circuit-breaker@1", "circuit-breaker@3", "--page", page, "--language", language)
    assert done.return_value == 0
    written = page.read_text(encoding="utf-8")
    assert f'<html lang="{language}">' in written
    assert "<script" not in written
    assert "src=" not in written
    assert "circuit-breaker@1" in written
    assert written.count("<svg") == 1


def test_names_of_the_data_cannot_become_markup(tmp_path: Path) -> None:
    data, page = tmp_path / "data.csv", tmp_path / "page.html"
    data.write_text(FLIGHTS.replace("KE1", "<b>K"), encoding="utf-8")
    run("replay", "circuit-breaker@1", data, "--chart", page)
    assert "<b>K" not in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("replay", "no-such-text", "{data}"), "neither a file nor an agreement"),
        (("replay", "circuit-breaker@9", "{data}"), "has no version 9; there are 1, 2, 3"),
        (("replay", "china-singapore", "{data}"), "found no trigger"),
        (
            ("replay", "circuit-breaker", "{data}", "--from", "2021-01-01", "--until", "2020-01-01"),
            "expected --from on or before",
        ),
        (("compare", "{data}", "circuit-breaker", "--event", "rain(day) > 1"), "is no figure"),
    ],
)
def test_what_cannot_be_answered_says_why(flights: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run(*(argument.format(data=flights) for argument in arguments))
    assert isinstance(done.exception, FastChannelError)
    assert said in str(done.exception)


def test_a_table_with_another_heading_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text("date,cases\n2020-05-01,3\n", encoding="utf-8")
    done = run("replay", "circuit-breaker", data)
    assert "found the heading 'date,cases'; expected published,day,place,figure,count or flight" in str(done.exception)
