"""Hold the rule evaluator against CertLogic's own assertions and the national business rules' tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastchannel.certificates.rules.evaluate import evaluate
from fastchannel.certificates.rules.expression import RuleError, issues_of, parse
from tools.conformance_dcc import Figure


def specification(folder: Path) -> Figure:
    """The assertions of the specification's test suite; those that it skips itself are named."""
    figure = Figure("CertLogic assertions")
    for path in sorted((folder / "testSuite").glob("*.json")):
        for case in json.loads(path.read_bytes())["cases"]:
            for number, one in enumerate(case["assertions"]):
                name = f"{path.stem}: {case['name']} {number}"
                if "skip" in {case.get("directive"), one.get("directive")}:
                    figure.known.append(name)
                    continue
                expression = one.get("certLogicExpression", case.get("certLogicExpression"))
                _count(figure, name, expression, one["data"], one["expected"])
    return figure


def validation(folder: Path) -> Figure:
    """Expressions that are right and wrong: as many issues, in the same parts."""
    figure = Figure("CertLogic validation")
    for path in sorted((folder / "validation-testSuite").glob("*.json")):
        for case in json.loads(path.read_bytes())["cases"]:
            found = [one.expression for one in issues_of(case["certLogicExpression"])]
            if found == [one["expr"] for one in case["issues"]]:
                figure.passed += 1
            else:
                figure.failed.append(f"{path.stem}: {case['certLogicExpression']}")
    return figure


def national(folder: Path) -> Figure:
    """The tests of the national business rules."""
    figure = Figure("national business rules")
    lines = (folder / "rules.jsonl").read_text(encoding="utf-8").splitlines()
    rules = {(row["country"], row["id"]): row["rule"]["Logic"] for row in map(json.loads, lines)}
    sets = json.loads((folder / "valuesets.json").read_bytes())
    for line in (folder / "tests.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        external: dict[str, Any] = dict(row["external"])
        if row["valueSets"]:
            external["valueSets"] = sets[row["valueSets"]]
        data = {"payload": row["payload"], "external": external}
        _count(figure, row["file"], rules[row["country"], row["rule"]], data, row["expected"])
    return figure


def _count(figure: Figure, name: str, expression: object, data: object, expected: object) -> None:
    try:
        found = evaluate(parse(expression), data)
    except RuleError as error:
        found = error
    if type(found) is type(expected) and found == expected:
        figure.passed += 1
    else:
        figure.failed.append(f"{name}: found {found}, expected {expected}")
