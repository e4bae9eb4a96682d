"""CertLogic's own assertions and the national business rules."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from fastchannel.certificates.rules import dates
from fastchannel.certificates.rules.applicable import Arrival
from fastchannel.certificates.rules.judge import Outcome
from fastchannel.certificates.rules.rule import KINDS, read_rules
from fastchannel.certificates.rules.rule_set import decide_together
from tools import conformance_rules


@pytest.fixture
def rules(shared: Path) -> Path:
    path = shared / "data" / "cert" / "rules"
    if not path.is_dir():
        pytest.skip("needs ../shared/data/cert/rules beside the repository: it holds the published test suites")
    return path


def test_every_assertion_of_the_specification_holds(rules: Path) -> None:
    found = conformance_rules.specification(rules / "certlogic-spec")
    assert (found.failed, found.passed, found.known) == ([], 142, [])


def test_every_validation_case_finds_the_same_issues(rules: Path) -> None:
    found = conformance_rules.validation(rules / "certlogic-spec")
    assert (found.failed, found.passed) == ([], 23)


def test_every_test_of_the_national_rules_holds(rules: Path) -> None:
    found = conformance_rules.national(rules / "dcc-business-rules")
    assert (found.failed, found.passed) == ([], 848)


def test_the_rules_that_apply_are_chosen_among_all_countries_and_each_says_what_its_test_expects(rules: Path) -> None:
    folder = rules / "dcc-business-rules"
    published = read_rules((folder / "rules.jsonl").read_bytes())
    sets = json.loads((folder / "valuesets.json").read_bytes())
    rows = [json.loads(line) for line in (folder / "tests.jsonl").read_text(encoding="utf-8").splitlines()]
    of_folder = {
        (row["country"], row["id"]): row["rule"] for row in map(json.loads, (folder / "rules.jsonl").read_text().splitlines())
    }
    counts: Counter[str] = Counter()
    for row in rows:
        rule = of_folder[row["country"], row["rule"]]
        at = dates.read(row["external"].get("validationClock", "2022-01-15"))
        assert at is not None
        found = decide_together(
            published, [row["payload"] or {}], at, arrival=Arrival(country=rule["Country"]),
            value_sets=sets.get(row["valueSets"]), external=row["external"],
        )  # fmt: skip
        assert {one.country for one in found.ruled} <= {rule["Country"]}
        kinds = [kind for key, kind in KINDS.items() if (row["payload"] or {}).get(key)]
        said = [one.judged.outcome for one in found.ruled if (one.rule, one.version) == (rule["Identifier"], rule["Version"])]
        if rule["CertificateType"] not in {"General", *kinds}:
            counts["of another kind"] += 1
            assert said == []
        elif not datetime.fromisoformat(rule["ValidFrom"]) <= at <= datetime.fromisoformat(rule["ValidTo"]):
            counts["not in force"] += 1
            assert said == []
        else:
            counts["as expected" if said == [Outcome.MET if row["expected"] else Outcome.NOT_MET] else "otherwise"] += 1
    assert counts == {"as expected": 592, "of another kind": 252, "not in force": 4}
