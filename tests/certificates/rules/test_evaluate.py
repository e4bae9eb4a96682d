"""CertLogic has the specification's values, and a rule is judged in three."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.certificates.rules.evaluate import evaluate, truth
from fastchannel.certificates.rules.expression import MOST_DEPTH, OPERATORS, RuleError, issues_of, parse
from fastchannel.certificates.rules.judge import Outcome, judge

CLOCK = {"var": "external.validationClock"}


def value(raw: object, data: object = None) -> object:
    return evaluate(parse(raw), data)


# The table of the specification, and what follows from the methods of ECMAScript's Date that it names.
@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        ("2020-02-29", 1, "day", "2020-03-01"),
        ("2020-02-29", 1, "month", "2020-03-29"),
        ("2020-02-29", 1, "year", "2021-03-01"),
        ("2020-01-31", 1, "month", "2020-03-02"),
        ("2021-12-31", -6, "month", "2021-07-01"),
        ("2021-05", 0, "day", "2021-05-31"),
        ("2021", 0, "day", "2021-12-31"),
        ("2020-02", 0, "hour", "2020-02-29"),
        ("2021-05-04", -48, "hour", "2021-05-02"),
    ],
)
def test_offsets_of_dates_are_those_of_the_specification(start: str, amount: int, unit: str, end: str) -> None:
    assert value({"plusTime": [start, amount, unit]}) == datetime.fromisoformat(f"{end}T00:00:00+00:00")


@pytest.mark.parametrize("zone", ["+2", "+02", "+200", "+0200", "+2:00", "+02:00"])
def test_every_form_of_an_offset_is_read(zone: str) -> None:
    found = value({"plusTime": [f"2021-05-04T10:00:00.1239{zone}", 0, "day"]})
    assert found == datetime(2021, 5, 4, 8, 0, 0, 123_000, UTC)


@pytest.mark.parametrize(
    "written", ["2021-13", "2021-02-30", "21-02-03", "2021-05-04 10:00:00", "2021-05-04T10:00", "", "9" * 99]
)
def test_what_is_no_date_has_no_value(written: str) -> None:
    with pytest.raises(RuleError):
        value({"plusTime": [written, 0, "day"]})


@pytest.mark.parametrize("falsy", [False, None, "", 0, [], {}])
def test_values_that_are_falsy(falsy: object) -> None:
    assert truth(falsy) is False


@pytest.mark.parametrize("truthy", [True, "x", 1, -1, [0], {"a": None}])
def test_values_that_are_truthy(truthy: object) -> None:
    assert truth(truthy) is True


@pytest.mark.parametrize("neither", [1.5, datetime(2021, 1, 1, tzinfo=UTC)])
def test_values_that_are_neither(neither: object) -> None:
    assert truth(neither) is None


def test_a_missing_field_that_a_rule_needs_gives_cannot_tell_and_says_which() -> None:
    found = judge(parse({">": [{"var": "payload.v.0.dn"}, 1]}), {"payload": {"v": [{}]}})
    assert found.outcome is Outcome.CANNOT_TELL
    assert "payload.v.0.dn" in found.fault


@pytest.mark.parametrize(
    ("dn", "outcome"), [(1, Outcome.NOT_MET), (2, Outcome.MET), ("2", Outcome.CANNOT_TELL), (True, Outcome.CANNOT_TELL)]
)
def test_a_rule_on_doses(dn: object, outcome: Outcome) -> None:
    found = judge(parse({">=": [{"var": "payload.v.0.dn"}, 2]}), {"payload": {"v": [{"dn": dn}]}})
    assert found.outcome is outcome


AFTER_14_DAYS = {"not-before": [{"plusTime": [CLOCK, 0, "day"]}, {"plusTime": [{"var": "payload.v.0.dt"}, 14, "day"]}]}


def test_the_trace_says_when_a_rule_becomes_met() -> None:
    data = {"payload": {"v": [{"dt": "2021-05-18"}]}, "external": {"validationClock": "2021-05-20T10:00:00Z"}}
    found = judge(parse(AFTER_14_DAYS), data)
    (step,) = found.trace
    assert found.outcome is Outcome.NOT_MET
    assert step.turns == datetime(2021, 6, 1, tzinfo=UTC)
    assert step.fields == ("external.validationClock", "payload.v.0.dt +14 day")


@given(st.integers(0, 365 * 24 * 60))
def test_a_rule_is_met_from_the_time_that_its_trace_names(minutes: int) -> None:
    clock = datetime(2021, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    data = {"payload": {"v": [{"dt": "2021-05-18"}]}, "external": {"validationClock": clock.isoformat(timespec="milliseconds")}}
    found = judge(parse(AFTER_14_DAYS), data)
    (step,) = found.trace
    assert step.turns is not None
    assert (found.outcome is Outcome.MET) == (clock >= step.turns)


@pytest.mark.parametrize("clocked", [-3, 0, 3])
def test_an_offset_of_the_clock_itself_moves_the_time_the_other_way(clocked: int) -> None:
    rule = {"before": [{"plusTime": [{"var": "payload.d"}, 0, "day"]}, {"plusTime": [CLOCK, clocked, "day"]}]}
    data = {"payload": {"d": "2021-05-10"}, "external": {"validationClock": "2021-05-20T00:00:00Z"}}
    (step,) = judge(parse(rule), data).trace
    assert step.turns == datetime(2021, 5, 10 - clocked, tzinfo=UTC)


@pytest.mark.parametrize(
    ("uvci", "index", "part"),
    [
        ("URN:UVCI:01:AT:1#K", 1, "AT"),
        ("01:AT:1#K", 3, "K"),
        ("a::c/#/f", 5, "f"),
        ("a::c/#/f", 6, None),
        ("", 0, ""),
        (None, 0, None),
    ],
)
def test_parts_of_an_identifier(uvci: str | None, index: int, part: str | None) -> None:
    assert value({"extractFromUVCI": [{"var": "u"}, index]}, {"u": uvci}) == part


def test_a_rule_that_is_nested_too_deep_is_refused_and_not_followed() -> None:
    raw: Any = True
    for _ in range(100_000):
        raw = [raw]
    (issue,) = issues_of(raw)
    assert str(MOST_DEPTH) in issue.message


@pytest.mark.parametrize("wrap", ["foo", "foo and more"])
def test_what_is_wrong_with_a_rule_can_be_said_however_deep_or_large_the_rule_is(wrap: str) -> None:
    raw: Any = 10**5000 if wrap != "foo" else True
    for _ in range(100_000 if wrap == "foo" else 1):
        raw = [raw]
    with pytest.raises(RuleError, match="foo"):
        parse({wrap: raw})


def test_a_rule_that_takes_too_much_work_is_ended() -> None:
    raw: Any = {"+": [{"var": "accumulator"}, 1]}
    data: Any = [0] * 100
    for _ in range(2):
        raw, data = {"reduce": [{"var": "current"}, raw, 0]}, [data] * 100
    with pytest.raises(RuleError, match="steps"):
        value({"reduce": [{"var": ""}, raw, 0]}, data)


_LEAVES = (
    st.booleans()
    | st.integers()
    | st.text(max_size=6)
    | st.builds(lambda p: {"var": p}, st.sampled_from(["", "a", "a.0", "b"]))
)
_RULES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.builds(lambda o, items: {o: items}, st.sampled_from(sorted(OPERATORS)), st.lists(inner, max_size=3))
        | st.lists(inner, max_size=3)
    ),
    max_leaves=12,
)
_DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "payload"]), inner, max_size=3),
    max_leaves=8,
)


@given(_RULES, _DATA)
def test_whatever_the_rule_and_the_data_there_is_an_outcome_or_a_mistake(rule: object, data: object) -> None:
    with suppress(RuleError):
        assert judge(parse(rule), data).outcome in Outcome


@given(_DATA)
def test_whatever_json_is_given_for_a_rule_only_mistakes_come_back(raw: object) -> None:
    with suppress(RuleError):
        parse(raw)
