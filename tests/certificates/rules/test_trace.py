"""A trace names what decided: what it leaves out can have any answer or none, and the outcome stays."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastchannel.certificates.rules.evaluate import evaluate
from fastchannel.certificates.rules.expression import RuleError, parse
from fastchannel.certificates.rules.judge import CONSTANT, Judged, Outcome, judge, outcome_of
from tests.certificates.rules.test_evaluate import _DATA, _RULES

ITEMS = 3
KINDS = ["leaf", "given", "literal", "and", "or", "if", "not", "every", "count"]


def leaf(name: str) -> dict[str, Any]:
    """A comparison of one field: true for 1, false for 0, unknown where it is left out."""
    return {">": [{"var": name}, 0]}


def either(*parts: Any) -> dict[str, Any]:
    return {"!": [{"and": [{"!": [one]} for one in parts]}]}


class _Numbers:
    """Field names, each used once, so that every comparison has an answer of its own."""

    def __init__(self) -> None:
        self.last = 0

    def next(self) -> str:
        self.last += 1
        return f"f{self.last}"


@st.composite
def rules(draw: st.DrawFn) -> tuple[Any, list[str], list[str]]:
    """A rule, its fields of comparisons, and those that are only asked to be there; those of ``xs`` are of every item."""
    numbers = _Numbers()
    compared: list[str] = []
    asked: list[str] = []

    def made(depth: int, *, inside: bool) -> Any:
        kind = draw(
            st.sampled_from(["leaf", "given", "literal", "and", "or", "if", "not", "every", "count"][: 9 if depth else 3])
        )
        if kind in {"every", "count"} and inside:
            kind = "leaf"
        if kind in {"leaf", "given"}:
            name = numbers.next()
            fields = compared if kind == "leaf" else asked
            fields += [f"xs.{number}.{name}" for number in range(ITEMS)] if inside else [name]
            path = f"current.{name}" if inside else name
            return leaf(path) if kind == "leaf" else {"var": path}
        if kind == "literal":
            return draw(st.sampled_from([True, False, 0, 1]))
        if kind == "not":
            return {"!": [made(depth - 1, inside=inside)]}
        if kind == "every":
            return {"reduce": [{"var": "xs"}, {"and": [{"var": "accumulator"}, made(depth - 1, inside=True)]}, True]}
        if kind == "count":
            one = {"+": [{"var": "accumulator"}, {"if": [made(depth - 1, inside=True), 1, 0]}]}
            return {">=": [{"reduce": [{"var": "xs"}, one, 0]}, draw(st.integers(1, ITEMS))]}
        if kind == "if":
            return {"if": [made(depth - 1, inside=inside) for _ in range(3)]}
        parts = [made(depth - 1, inside=inside) for _ in range(draw(st.integers(2, 3)))]
        return {"and": parts} if kind == "and" else either(*parts)

    return made(3, inside=False), compared, asked


ANSWERS = st.sampled_from([1, 0, None])


def written(answers: dict[str, Any]) -> dict[str, Any]:
    """The data with these answers; None leaves a field out."""
    data: dict[str, Any] = {"xs": [{} for _ in range(ITEMS)]}
    for name, answer in answers.items():
        if answer is None:
            continue
        if name.startswith("xs."):
            _, number, inner = name.split(".")
            data["xs"][int(number)][inner] = answer
        else:
            data[name] = answer
    return data


def decisive(found: Judged) -> set[str]:
    """The fields of the trace, without the numbers that they are compared with."""
    return {field for step in found.trace for field in step.fields if field[0].isalpha()}


@given(st.data(), rules())
@settings(max_examples=400, deadline=None)
def test_what_is_not_decisive_can_have_any_answer_or_none(data: st.DataObject, made: tuple[Any, list[str], list[str]]) -> None:
    raw, compared, asked = made
    rule = parse(raw)
    answers = {name: data.draw(ANSWERS) for name in compared} | {
        name: data.draw(st.sampled_from([True, False, None, "x"])) for name in asked
    }
    found = judge(rule, written(answers))
    kept = decisive(found)
    if found.outcome is Outcome.CANNOT_TELL:
        fewer = {name: answer if name in kept else None for name, answer in answers.items() if name in compared}
        assert judge(rule, written(answers | fewer)).outcome is Outcome.CANNOT_TELL
        return
    others = {name: data.draw(ANSWERS) for name in compared if name not in kept} | {
        name: data.draw(st.sampled_from([True, False, None, "x"])) for name in asked if name not in kept
    }
    again = judge(rule, written(answers | others))
    assert again.outcome is found.outcome


@given(st.data(), rules())
@settings(max_examples=200, deadline=None)
def test_what_is_not_met_always_says_why(data: st.DataObject, made: tuple[Any, list[str], list[str]]) -> None:
    raw, compared, asked = made
    found = judge(parse(raw), written({name: data.draw(ANSWERS) for name in (*compared, *asked)}))
    assert found.outcome is not Outcome.NOT_MET or found.trace
    assert found.outcome is not Outcome.CANNOT_TELL or found.fault


def same_as_the_specification(raw: object, data: object) -> None:
    try:
        rule = parse(raw)
    except RuleError:
        return
    outcome = judge(rule, data).outcome
    assert outcome_of(rule, data) is outcome
    with suppress(RuleError):
        value = evaluate(rule, data)
        if value is True or value is False:
            assert outcome is (Outcome.MET if value else Outcome.NOT_MET)


@given(_RULES, _DATA)
@settings(max_examples=300, deadline=None)
def test_where_the_specification_has_true_or_false_so_has_the_outcome(raw: object, data: object) -> None:
    same_as_the_specification(raw, data)


@given(st.data(), rules())
@settings(max_examples=200, deadline=None)
def test_the_outcome_alone_is_the_judged_one(data: st.DataObject, made: tuple[Any, list[str], list[str]]) -> None:
    raw, compared, asked = made
    same_as_the_specification(raw, written({name: data.draw(ANSWERS) for name in (*compared, *asked)}))


TRUE, FALSE = {"t": 1, "u": 1}, {"f": 0, "g": 0}
T, U, F, G, N = leaf("t"), leaf("u"), leaf("f"), leaf("g"), leaf("n")


@pytest.mark.parametrize(
    ("raw", "outcome", "fields"),
    [
        ({"and": [T, F, G]}, Outcome.NOT_MET, {"f", "g"}),
        ({"and": [T, U]}, Outcome.MET, {"t", "u"}),
        ({"and": [N, F]}, Outcome.NOT_MET, {"f"}),
        ({"and": [T, N]}, Outcome.CANNOT_TELL, {"n"}),
        (either(F, T, G), Outcome.MET, {"t"}),
        (either(F, T, U), Outcome.MET, {"t", "u"}),
        (either(F, G), Outcome.NOT_MET, {"f", "g"}),
        (either(N, T), Outcome.MET, {"t"}),
        (either(N, F), Outcome.CANNOT_TELL, {"n"}),
        ({"!": [{"and": [T, F]}]}, Outcome.MET, {"f"}),
        ({"if": [T, F, U]}, Outcome.NOT_MET, {"t", "f"}),
        ({"if": [T, F, False]}, Outcome.NOT_MET, {"f"}),
        ({"if": [F, T, True]}, Outcome.MET, {"f"}),
        ({"if": [F, True, T]}, Outcome.MET, {"t"}),
        ({"if": [N, T, U]}, Outcome.MET, {"t", "u"}),
        ({"if": [N, T, F]}, Outcome.CANNOT_TELL, {"n"}),
        ({"if": [{"var": "none"}, T, False]}, Outcome.NOT_MET, {"none"}),
    ],
)
def test_what_decides(raw: Any, outcome: Outcome, fields: set[str]) -> None:
    found = judge(parse(raw), {**TRUE, **FALSE})
    assert (found.outcome, decisive(found)) == (outcome, fields)


def test_a_fold_names_the_items_that_decided() -> None:
    every = {"reduce": [{"var": "payload.v"}, {"and": [{"var": "accumulator"}, {">": [{"var": "current.dn"}, 1]}]}, True]}
    found = judge(parse(every), {"payload": {"v": [{"dn": 2}, {"dn": 1}, {"dn": 0}]}})
    assert found.outcome is Outcome.NOT_MET
    assert [(step.fields, step.found) for step in found.trace] == [
        (("payload.v.1.dn", "1"), ("1", "1")), (("payload.v.2.dn", "1"), ("0", "1")),
    ]  # fmt: skip


def test_a_rule_that_looks_at_nothing_says_so() -> None:
    found = judge(parse({"and": [True, False]}), {})
    assert [step.operator for step in found.trace] == [CONSTANT]


CLOCK = {"plusTime": [{"var": "external.validationClock"}, 0, "day"]}


def moved(days: int) -> dict[str, Any]:
    return {"plusTime": [{"var": "payload.d"}, days, "day"]}


def passed(days: int, field: str = "payload.d") -> dict[str, Any]:
    return {"not-before": [CLOCK, {"plusTime": [{"var": field}, days, "day"]}]}


@pytest.mark.parametrize(
    ("raw", "met"),
    [
        (passed(14), datetime(2021, 5, 15, tzinfo=UTC)),
        ({"and": [passed(14), passed(30)]}, datetime(2021, 5, 31, tzinfo=UTC)),
        (either(passed(14), passed(30)), datetime(2021, 5, 15, tzinfo=UTC)),
        ({"after": passed(14)["not-before"]}, datetime(2021, 5, 15, 0, 0, 0, 1000, UTC)),
        ({"not-after": [moved(20), CLOCK, moved(90)]}, datetime(2021, 5, 21, tzinfo=UTC)),
        ({"if": [passed(5), {"if": [passed(9), passed(7), False]}, False]}, datetime(2021, 5, 10, tzinfo=UTC)),
        (
            {"if": [passed(5), {"not-after": [moved(6), CLOCK, moved(8)]}, passed(20)]},
            datetime(2021, 5, 7, tzinfo=UTC),
        ),
        ({"before": [moved(-90), CLOCK, moved(-20)]}, None),
        ({"and": [passed(14), {"===": [{"var": "payload.x"}, 1]}]}, None),
        ({"not-after": [CLOCK, {"plusTime": [{"var": "payload.d"}, -2, "day"]}]}, None),
    ],
)  # fmt: skip
def test_the_time_from_which_it_is_met_is_told_where_the_clock_alone_decides(raw: Any, met: datetime | None) -> None:
    data = {"payload": {"d": "2021-05-01"}, "external": {"validationClock": "2021-05-02T00:00:00Z"}}
    found = judge(parse(raw), data)
    assert (found.outcome, found.becomes_met) == (Outcome.NOT_MET, met)
    if met is not None:
        later = deepcopy(data)
        for step, outcome in ((timedelta(0), Outcome.MET), (-timedelta(milliseconds=1), Outcome.NOT_MET)):
            later["external"]["validationClock"] = (met + step).isoformat(timespec="milliseconds")
            assert outcome_of(parse(raw), later) is outcome


_DATED = st.recursive(
    st.builds(
        lambda operator, days, first: {operator: [CLOCK, moved(days)] if first else [moved(days), CLOCK]},
        st.sampled_from(["before", "after", "not-before", "not-after"]),
        st.integers(0, 12),
        st.booleans(),
    ),
    lambda inner: (
        st.builds(lambda *parts: {"and": list(parts)}, inner, inner)
        | st.builds(either, inner, inner)
        | st.builds(lambda *parts: {"if": list(parts)}, inner, inner, inner)
        | st.builds(lambda part: {"!": [part]}, inner)
    ),
    max_leaves=5,
)


@given(_DATED)
@settings(max_examples=300, deadline=None)
def test_no_earlier_time_than_the_one_told_meets_the_rule(raw: Any) -> None:
    rule, start = parse(raw), datetime(2021, 5, 1, tzinfo=UTC)

    def at(clock: datetime) -> dict[str, Any]:
        written = clock.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
        return {"payload": {"d": "2021-05-01"}, "external": {"validationClock": written}}

    found = judge(rule, at(start))
    if found.outcome is not Outcome.NOT_MET:
        return
    edges = [start + timedelta(days=days) + step for days in range(14) for step in (timedelta(0), timedelta(milliseconds=1))]
    assert found.becomes_met == next((edge for edge in edges if outcome_of(rule, at(edge)) is Outcome.MET), None)


def test_what_a_long_fold_rests_on_takes_no_more_room_than_work() -> None:
    every = {"reduce": [{"var": "xs"}, {"and": [{"var": "accumulator"}, {">": [{"var": "current"}, 0]}]}, True]}
    assert len(judge(parse(every), {"xs": list(range(1, 2001))}).trace) == 2000
