"""What the rules commands print, and the codes they exit with."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fastchannel.cli.main import build
from fastchannel.terms.errors import FastChannelError

RULE = {
    "Identifier": "VR-1",
    "Country": "AT",
    "CertificateType": "Vaccination",
    "Logic": {
        "not-before": [
            {"plusTime": [{"var": "external.validationClock"}, 0, "day"]},
            {"plusTime": [{"var": "payload.v.0.dt"}, 14, "day"]},
        ]
    },
    "Description": [{"lang": "en", "desc": "14 days must have passed."}, {"lang": "ko", "desc": "14일이 지나야 합니다."}],
}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(build(), ["rules", *map(str, arguments)], standalone_mode=False)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "rules.json").write_text(json.dumps([RULE]))
    (tmp_path / "dose.json").write_text(json.dumps({"v": [{"dt": "2021-05-18"}]}))
    (tmp_path / "wrong.json").write_text(json.dumps({**RULE, "Logic": {"all": [1.5]}}))
    return tmp_path


@pytest.mark.parametrize(("at", "code", "word"), [("2021-06-01", 0, "met"), ("2021-05-31", 1, "not met")])
def test_a_rule_is_applied_as_of_a_time(files: Path, at: str, code: int, word: str) -> None:
    result = run("run", files / "rules.json", files / "dose.json", "--at", at, "--language", "en")
    assert result.return_value == code
    assert result.stdout.splitlines()[-1] == word
    assert "14 days must have passed." in result.stdout


def test_what_is_not_met_says_why_and_when_it_will_be(files: Path) -> None:
    result = run("run", files / "rules.json", files / "dose.json", "--at", "2021-05-31T10:00:00+00:00", "--language", "en")
    assert result.stdout.splitlines() == [
        f"{files / 'dose.json'}: VR-1: not met: 14 days must have passed.",
        "    time of checking (2021-05-31 10:00 +0000) is before date of vaccination plus 14 days (2021-06-01)",
        "    becomes met on 2021-06-01",
        "not met",
    ]


@pytest.mark.parametrize(("language", "outcome"), [("zh-Hans", "未满足"), ("ko", "미충족")])
def test_the_answer_is_in_the_readers_language(files: Path, language: str, outcome: str) -> None:
    result = run("run", files / "rules.json", files / "dose.json", "--at", "2021-05-31", "--language", language)
    assert result.stdout.splitlines()[-1] == outcome
    assert ("14일이 지나야 합니다." in result.stdout) is (language == "ko")


def test_where_no_rule_applies_the_answer_is_cannot_tell(files: Path) -> None:
    assert run("run", files / "rules.json", files / "dose.json", "--country", "KR").return_value == 2


def test_rules_of_several_countries_ask_for_the_country_of_arrival(files: Path) -> None:
    (files / "two.json").write_text(json.dumps([RULE, {**RULE, "Country": "FR", "Logic": False}]))
    arguments = ("run", files / "two.json", files / "dose.json", "--at", "2021-06-01")
    assert "--country" in str(run(*arguments).exception)
    assert run(*arguments, "--country", "AT").return_value == 0
    assert run(*arguments, "--country", "FR").return_value == 1


def test_json_gives_the_trace(files: Path) -> None:
    result = run("run", files / "rules.json", files / "dose.json", "--at", "2021-05-31", "--json")
    answer = json.loads(result.stdout)
    assert answer["outcome"] == "not met"
    (ruled,) = answer["ruled"]
    assert ruled["judged"]["trace"][0]["turns"] == ruled["judged"]["becomes_met"] == "2021-06-01T00:00:00Z"
    assert len(ruled["reasons"]) == 2


def test_every_mistake_is_on_a_line_with_its_rule(files: Path) -> None:
    result = run("check", files / "rules.json", files / "wrong.json")
    assert result.return_value == 1
    assert "VR-1: unrecognised operator" in result.stdout
    assert "rules.json: in order" in result.stderr


def test_a_rule_that_nobody_can_meet_is_a_problem(files: Path) -> None:
    never = {**RULE, "Logic": {"and": [{">": [{"var": "payload.v.0.dn"}, 2]}, {"<": [{"var": "payload.v.0.dn"}, 3]}]}}
    (files / "never.json").write_text(json.dumps(never))
    result = run("check", files / "never.json", "--json")
    assert result.return_value == 1
    ((problem,),) = json.loads(result.stdout).values()
    assert (problem["rule"], problem["code"]) == ("VR-1", "never-met")


def test_what_could_not_be_made_sure_of_is_a_note_and_no_problem(files: Path) -> None:
    total = {"reduce": [{"var": "payload.v"}, {"+": [{"var": "accumulator"}, {"var": "current.dn"}]}, 0]}
    (files / "many.json").write_text(json.dumps({**RULE, "Logic": {">": [total, 1000]}}))
    result = run("check", files / "many.json")
    assert result.return_value == 0
    assert "note: VR-1" in result.stdout


@pytest.mark.parametrize(("language", "words"), [("en", "met becomes not met"), ("zh-Hans", ""), ("ko", "")])
def test_a_new_version_says_whom_it_judges_otherwise(files: Path, language: str, words: str) -> None:
    later = json.dumps([RULE]).replace(", 14, ", ", 21, ")
    (files / "new.json").write_text(later)
    result = run("diff", files / "rules.json", files / "new.json", "--language", language)
    assert result.return_value == 1
    assert words in result.stdout
    assert "payload.v.0.dt = " in result.stdout


def test_the_same_rules_exit_with_0_and_json_says_so(files: Path) -> None:
    result = run("diff", files / "rules.json", files / "rules.json", "--json")
    assert result.return_value == 0
    assert json.loads(result.stdout)["same"] is True


def test_a_file_that_cannot_be_read_is_named(files: Path) -> None:
    result = run("check", files / "none.json")
    assert isinstance(result.exception, FastChannelError)
    assert "none.json" in str(result.exception)


def test_the_rule_set_of_the_how_to_is_in_order(tmp_path: Path) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "check-a-rule-set.md"
    (written,) = re.findall(r"```json\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "rules.json").write_text(written)
    result = run("check", tmp_path / "rules.json")
    assert (result.return_value, result.stdout) == (0, "")
