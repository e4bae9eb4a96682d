"""What the agreement commands print, and the codes they exit with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fastchannel.agreement.shipped import shipped
from fastchannel.cli.main import build
from fastchannel.cli.texts import TextError


def run(*arguments: object) -> Result:
    return CliRunner().invoke(build(), ["agreement", *map(str, arguments)], standalone_mode=False)


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    path = tmp_path / "wrong.toml"
    text = shipped()["china-korea"][1].written
    path.write_text(
        text.replace('sampled    = "departure - 72 h', 'sampled    = "departure - 72 hourz').replace(
            'kind     = "gate"', 'kind     = "gait"', 1
        )
    )
    return path


def test_every_mistake_is_on_a_line_with_its_place(wrong: Path) -> None:
    result = run("check", wrong)
    assert result.return_value == 1
    lines = result.stdout.splitlines()
    assert len(lines) >= 2
    for line in lines:
        name, number, rest = line.split(":", 2)
        assert name == str(wrong)
        assert int(number) > 1
        assert "found" in rest
        assert "expected" in rest


def test_mistakes_as_json_say_line_place_found_and_expected(wrong: Path) -> None:
    (mistakes,) = json.loads(run("check", "--json", wrong).stdout).values()
    assert all(one["line"] and one["where"] and one["found"] and one["expected"] for one in mistakes)


def test_what_ships_is_in_order() -> None:
    result = run("check", "china-korea", "china-singapore")
    assert (result.return_value, result.stdout) == (0, "")


@pytest.fixture
def promising(tmp_path: Path) -> Path:
    path = tmp_path / "promising.toml"
    budget = 'budget = { imports_per_million = 0.5, clause = "9(1)" }\nunder_way = {'
    path.write_text(shipped()["china-singapore"].newest.written.replace("under_way = {", budget, 1))
    return path


def test_a_budget_that_the_measures_break_is_a_warning_and_no_mistake(promising: Path) -> None:
    result = run("check", promising)
    assert result.return_value == 0
    (line,) = result.stdout.splitlines()
    name, number, rest = line.split(":", 2)
    assert name == str(promising)
    assert promising.read_text().splitlines()[int(number) - 1].startswith("budget")
    assert "warning: agreement, budget, imports_per_million: found a budget of 0.5" in rest
    assert "expected" in rest


def test_a_warning_is_told_from_a_mistake_in_json(promising: Path) -> None:
    ((warning,),) = json.loads(run("check", "--json", promising).stdout).values()
    assert warning["warning"] is True
    assert warning["found"].startswith("a budget of 0.5")


def test_a_text_without_a_budget_is_checked_without_the_forecast() -> None:
    code = (
        "import sys; from fastchannel.cli.main import build; "
        "build()(['agreement', 'check', 'china-korea'], standalone_mode=False); "
        "sys.exit('numba' in sys.modules or 'fastchannel.forecast.design.promise' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("language", ["en", "zh-Hans", "ko"])
def test_explain_names_the_agreement_in_the_language(language: str) -> None:
    title = shipped()["china-korea"].newest.title[language.split("-", maxsplit=1)[0]]
    assert title in run("explain", "china-korea", "--route", "kr-cn", "--language", language).stdout


def test_a_route_that_there_is_not_is_refused_with_those_there_are() -> None:
    assert "kr-cn, cn-kr" in str(run("explain", "china-korea", "--route", "kr-jp").exception)


def test_versions_that_differ_exit_with_1_and_equal_ones_with_0() -> None:
    different = run("diff", "china-korea@1", "china-korea@2", "--language", "en")
    assert different.return_value == 1
    assert different.stdout
    assert run("diff", "china-korea@1", "china-korea@1").return_value == 0


def test_a_digest_does_not_depend_on_layout(tmp_path: Path) -> None:
    text = shipped()["china-korea"][1].written
    (tmp_path / "laid-out.toml").write_text("# another layout\n" + text.replace(" = ", "="))
    first, second = run("digest", "china-korea@1", tmp_path / "laid-out.toml").stdout.splitlines()
    assert first.split()[0] == second.split()[0]


def test_a_version_that_does_not_ship_is_told_with_those_that_do() -> None:
    result = run("digest", "china-korea@99")
    assert isinstance(result.exception, TextError)
    assert "there are 1, 2" in str(result.exception)


def test_a_name_that_is_neither_file_nor_agreement_says_so() -> None:
    assert "neither a file nor an agreement that ships" in str(run("digest", "china-atlantis").exception)


def test_the_schema_is_json() -> None:
    assert json.loads(run("schema").stdout)["$schema"].startswith("https://json-schema.org/")


def test_list_names_every_version_that_ships() -> None:
    listed = json.loads(run("list", "--json").stdout)
    assert [(one["id"], one["version"]) for one in listed] == [
        (text.id, text.version) for versions in shipped().values() for text in versions
    ]
