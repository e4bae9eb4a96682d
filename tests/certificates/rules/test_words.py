"""What a rule said, in words: facts, dates as dates, and names for fields."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.certificates.rules.expression import RuleError, parse
from fastchannel.certificates.rules.fields import DCC, EVIDENCE, VALUE_SETS
from fastchannel.certificates.rules.judge import judge
from fastchannel.certificates.rules.words import FIELDS, RELATIONS, field_words, moment_words, reasons, value_words
from tests.certificates.rules.test_evaluate import _DATA, _RULES

PAYLOAD = {"v": [{"dn": 1, "sd": 2, "mp": "EU/1/20/1528", "tg": "840539006"}], "t": [{"tr": "260373001"}]}
SETS = {"var": "external.valueSets.x-sets"}
DN, SD = {"var": "payload.v.0.dn"}, {"var": "payload.v.0.sd"}


def said(raw: Any) -> list[str]:
    return reasons(judge(parse(raw), {"payload": PAYLOAD, "external": {"valueSets": {"x-sets": ["a"]}}}))


@pytest.mark.parametrize(
    ("raw", "lines"),
    [
        ({">=": [DN, SD]}, ["dose number (1) is less than doses of the series (2)"]),
        ({"!": [{"<": [DN, 2]}]}, ["dose number (1) is less than 2"]),
        ({"===": [{"var": "payload.t.0.tr"}, "260415000"]}, ["test result (detected) is other than not detected"]),
        ({"in": [{"var": "payload.v.0.mp"}, ["a", "b"]]}, ["vaccine (EU/1/20/1528) is not on the list a, b"]),
        ({"in": [{"var": "payload.v.0.mp"}, SETS]}, ["vaccine (EU/1/20/1528) is not on the list x-sets"]),
        ({"if": [{"var": "payload.r.0"}, True, False]}, ["recovery is missing"]),
        ({"if": [{"var": "payload.v.0"}, {">": [DN, 1]}, True]}, ["dose number (1) is at most 1"]),
        ({"if": [{"var": "payload.v.0"}, False, True]}, ["vaccination is given"]),
        ({">": [{"var": "payload.v.1.dn"}, 1]}, ["dose number (entry 2) (missing) cannot be compared with 1"]),
        ({"<": [3, DN, SD]}, ["the order is not kept: 3, dose number (1), doses of the series (2)"]),
        (
            {">": [{"reduce": [{"var": "payload.v"}, {"+": [{"var": "accumulator"}, 1]}, 0]}, 1]},
            ["vaccinations that count (1) is at most 1"],
        ),
        (False, ["the rule says so of every certificate"]),
        ({"+": [1, 1]}, ["the rule has no answer: the rule's value is 2"]),
    ],
)  # fmt: skip
def test_reasons_are_facts(raw: Any, lines: list[str]) -> None:
    assert said(raw) == lines


def test_every_field_of_a_certificate_and_of_evidence_has_a_name() -> None:
    paths = {path for path in (*DCC.by_path, *EVIDENCE.by_path) if "." in path and not path.startswith(VALUE_SETS[:-1])}
    assert {path for path in paths if path.split(".")[1] != "nam"} - set(FIELDS) == set()
    assert field_words("payload.unknown") == "payload.unknown"


def test_every_comparison_has_words_for_both_answers() -> None:
    for operator in ("<", ">", "<=", ">=", "before", "after", "not-before", "not-after", "===", "in"):
        held, other = RELATIONS[operator]
        assert held != other


@pytest.mark.parametrize(
    ("moment", "zone", "words"),
    [
        (datetime(2021, 6, 14, tzinfo=UTC), "Asia/Seoul", "2021-06-14"),
        (datetime(2021, 6, 14, 1, tzinfo=UTC), "Asia/Seoul", "2021-06-14 10:00 +0900"),
        (datetime(9999, 12, 31, 23, tzinfo=UTC), "Asia/Seoul", "9999-12-31T23:00:00+00:00"),
        (datetime(2021, 6, 14, 1, 30), "Asia/Seoul", "2021-06-14 01:30"),  # noqa: DTZ001 — a text without an offset
    ],
)
def test_dates_are_written_as_dates(moment: datetime, zone: str, words: str) -> None:
    assert moment_words(moment, ZoneInfo(zone)) == words
    assert value_words(moment.isoformat(), zone=ZoneInfo(zone)) == words


EDGES = st.sampled_from(
    ["0001-01-01", "9999-12-31", "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00+14:00", "2021-05", "x, y"]
)


@given(EDGES, EDGES, st.integers(-3, 3), st.sampled_from(["hour", "day", "month", "year"]), st.booleans())
def test_no_date_is_too_early_or_too_late_for_words(clock: str, date: str, amount: int, unit: str, negated: bool) -> None:
    moved = {"plusTime": [{"var": "payload.v.0.dt"}, amount, unit]}
    raw = {"after": [{"plusTime": [{"var": "external.validationClock"}, 0, "day"]}, moved]}
    data = {"payload": {"v": [{"dt": date}]}, "external": {"validationClock": clock}}
    found = judge(parse({"!": [raw]} if negated else raw), data)
    for zone in ("America/New_York", "Asia/Seoul"):
        assert len(reasons(found, "ko", ZoneInfo(zone))) >= 1


@given(_RULES, _DATA)
def test_whatever_the_rule_and_the_data_there_are_words(raw: object, data: object) -> None:
    with suppress(RuleError):
        assert all(reasons(judge(parse(raw), data)))
