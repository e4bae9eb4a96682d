"""Two versions of a rule set: whom the new one judges otherwise, shown by a traveller."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings

from fastchannel.certificates.rules.changes import Comparison, compare_rules
from fastchannel.certificates.rules.expression import parse
from fastchannel.certificates.rules.judge import Outcome, outcome_of
from fastchannel.certificates.rules.rule import Rule
from tests.certificates.rules.test_check import _RULES, BETWEEN, CLOCK, dated, rule, var


def compared(old: Any, new: Any) -> Comparison:
    return compare_rules([rule(old)], [rule(new)])


def test_a_dose_number_that_is_asked_higher_concerns_those_below_it() -> None:
    found = compared({">=": [var("v.0.dn"), 2]}, {">=": [var("v.0.dn"), 3]})
    (change,) = [one for one in found.changes if one.before is Outcome.MET]
    assert (change.after, change.fields["payload.v.0.dn"]) == (Outcome.NOT_MET, "2")
    assert found.complete
    assert found.rewritten == ("A",)


@pytest.mark.parametrize(("before", "after"), [(14, 21), (21, 14)])
def test_a_span_that_changes_concerns_those_between_the_two_and_says_how_far_from_the_clock(before: int, after: int) -> None:
    found = compared(*({"not-before": [CLOCK, dated("v.0.dt", days)]} for days in (before, after)))
    ((change),) = [one for one in found.changes if Outcome.CANNOT_TELL not in {one.before, one.after}]
    assert (change.before is Outcome.MET) == (before < after)
    days = int(change.fields["payload.v.0.dt"].split("(")[1].split(" day")[0])
    assert 13 < days < 22


def test_the_traveller_shown_is_judged_as_is_said() -> None:
    logics = ({"in": [var("v.0.mp"), ["a", "b"]]}, {"and": [{"in": [var("v.0.mp"), ["a", "c"]]}, BETWEEN]})
    found = compared(*logics)
    assert found.changes
    for one in found.changes:
        data = {"payload": one.payload, "external": {"validationClock": one.at, "valueSets": {}}}
        assert [outcome_of(parse(logic), data) for logic in logics] == [one.before, one.after]


def test_another_wording_of_the_same_concerns_nobody() -> None:
    found = compared({">": [var("v.0.dn"), 1]}, {">=": [var("v.0.dn"), 2]})
    assert found.rewritten == ("A",)
    assert found.changes == ()
    assert found.same
    assert found.complete


def test_rules_that_come_and_go_concern_those_who_do_not_meet_them() -> None:
    one, other = rule({"===": [var("v.0.mp"), "a"]}, "A"), rule({"===": [var("v.0.mp"), "b"]}, "B")
    found = compare_rules([one], [other])
    assert (found.added, found.removed) == (("B",), ("A",))
    assert {(each.rule, each.before, each.after) for each in found.changes} == {
        ("A", Outcome.NOT_MET, Outcome.MET),
        ("B", Outcome.MET, Outcome.NOT_MET),
    }


def test_another_period_is_told_and_another_version_alone_is_not() -> None:
    later = rule(BETWEEN, valid_to=datetime(2022, 1, 1, tzinfo=UTC))
    assert compare_rules([rule(BETWEEN)], [later]).scopes == ("A",)
    assert compare_rules([rule(BETWEEN)], [rule(BETWEEN, version="1.0.1")]).same


def test_the_newest_version_of_each_is_compared() -> None:
    old = [rule({">": [var("v.0.dn"), 1]}, version="1.10.0"), rule(False, version="1.9.0")]
    assert compare_rules(old, [rule({">": [var("v.0.dn"), 1]})]).same


def test_where_not_all_could_be_looked_at_it_is_not_said_to_be_all() -> None:
    total = {"reduce": [var("v"), {"+": [{"var": "accumulator"}, {"var": "current.dn"}]}, 0]}
    assert not compared({">": [total, 2]}, {">": [total, 3]}).complete


@given(_RULES)
@settings(max_examples=50, deadline=None)
def test_a_set_concerns_nobody_beside_itself(logic: Any) -> None:
    rules: list[Rule] = [rule(logic)]
    assert compare_rules(rules, rules) == Comparison()


@given(_RULES)
@settings(max_examples=50, deadline=None)
def test_whoever_is_shown_against_the_opposite_is_judged_as_is_said(logic: Any) -> None:
    opposite = {"!": [logic]}
    for one in compared(logic, opposite).changes:
        data = {"payload": one.payload, "external": {"validationClock": one.at, "valueSets": {}}}
        assert [outcome_of(parse(each), data) for each in (logic, opposite)] == [one.before, one.after]
