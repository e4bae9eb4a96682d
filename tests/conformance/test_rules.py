"""CertLogic's own assertions and the national business rules."""

from __future__ import annotations

from pathlib import Path

import pytest

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
