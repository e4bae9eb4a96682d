"""What is wrong with a rule set before it is published: its form, its kinds and dates, and what it can never say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from msgspec import Struct

from fastchannel.certificates.rules.applicable import VERSION, beyond
from fastchannel.certificates.rules.expression import Expression, Items, Operation, RuleError, as_json, issues_of, parse
from fastchannel.certificates.rules.fields import DCC, Fields
from fastchannel.certificates.rules.judge import Budget, Outcome, outcome_of
from fastchannel.certificates.rules.kinds import mismatches
from fastchannel.certificates.rules.predicates import predicates
from fastchannel.certificates.rules.rule import ACCEPTANCE, CERTLOGIC, COMBINED, GENERAL, INVALIDATION, KINDS, Rule
from fastchannel.certificates.rules.travellers import Traveller, Travellers, travellers

ENGINES = (CERTLOGIC, COMBINED)
TYPES = (ACCEPTANCE, INVALIDATION)
MOST_STEPS = 6_000_000  # of all evaluations for one set: some fifteen seconds
_PAIR = 500  # steps that it costs to look at a pair at all
ValueSets = Mapping[str, Sequence[str]]


class Problem(Struct, frozen=True, kw_only=True):
    """One thing to put right, or where ``note`` is set one that we could not make sure of.

    ``code`` is structure, path, type, date, engine, type-of-rule, validity, duplicate, never-met, always-met, unreachable,
    contradiction or not-examined.
    """

    rule: str
    code: str
    message: str
    part: Any = None
    note: bool = False


def check_rules(rules: Iterable[Rule], fields: Fields = DCC, *, value_sets: ValueSets | None = None) -> tuple[Problem, ...]:
    """Everything that can be said of a set without a certificate. What rules can never say is said only where it is proven."""
    checker = _Checker(fields, value_sets)
    kept: list[tuple[Rule, Expression]] = []
    seen: set[tuple[str, str, str]] = set()
    for rule in rules:
        checker.form(rule, seen)
        try:
            expression = parse(rule.logic)
        except RuleError:
            continue
        found = mismatches(expression, fields)
        checker.found += [
            Problem(rule=rule.identifier, code=one.code, message=one.message, part=as_json(one.part)) for one in found
        ]
        if not found:
            checker.reach(rule, expression)
            kept.append((rule, expression))
    checker.together(kept)
    return tuple(checker.found)


class _Checker:
    def __init__(self, fields: Fields, value_sets: ValueSets | None) -> None:
        self.fields = fields
        self.value_sets = value_sets
        self.found: list[Problem] = []
        self.budget = Budget(MOST_STEPS)

    def say(self, rule: str, code: str, message: str, part: Any = None, *, note: bool = False) -> None:
        self.found.append(Problem(rule=rule, code=code, message=message, part=part, note=note))

    def form(self, rule: Rule, seen: set[tuple[str, str, str]]) -> None:
        """The logic's form, and what stands beside it."""
        for one in issues_of(rule.logic):
            self.say(rule.identifier, "structure", one.message, one.expression)
        if rule.engine not in ENGINES:
            self.say(rule.identifier, "engine", f"found the engine {rule.engine}, expected {' or '.join(ENGINES)}")
        elif beyond(rule) is not None:
            found = f"found {rule.engine} {rule.engine_version}, expected {VERSION} or earlier"
            self.say(rule.identifier, "engine", found)
        if rule.type not in TYPES:
            self.say(rule.identifier, "type-of-rule", f"found the type {rule.type}, expected {' or '.join(TYPES)}")
        if rule.certificate_type not in {GENERAL, *KINDS.values()}:
            expected = ", ".join((GENERAL, *KINDS.values()))
            self.say(rule.identifier, "validity", f"found the certificate type {rule.certificate_type}, expected {expected}")
        if rule.valid_from is not None and rule.valid_to is not None and rule.valid_to < rule.valid_from:
            self.say(rule.identifier, "validity", f"ends on {rule.valid_to:%Y-%m-%d}, before it begins: it is never in force")
        key = (rule.country, rule.identifier, rule.version)
        if key in seen:
            self.say(rule.identifier, "duplicate", f"version {rule.version} is there more than once")
        seen.add(key)

    def travellers(self, expressions: Sequence[Expression]) -> Travellers:
        return travellers(expressions, self.fields, self.value_sets)

    def reach(self, rule: Rule, expression: Expression) -> None:
        """Whether the rule can be met and not met, and whether each of its branches is ever gone."""
        grid = self.travellers([expression])
        taken: set[tuple[int, bool]] = set()
        outcomes = set()
        for one in grid:
            if self.budget.left <= 0:
                break
            outcomes.add(outcome_of(expression, one.data(), taken=taken, budget=self.budget))
        if not grid.complete or self.budget.left <= 0:
            if Outcome.MET not in outcomes:
                why = self.why(grid)
                self.say(rule.identifier, "not-examined", f"no certificate that meets it was found: {why}", note=True)
            return
        if Outcome.MET not in outcomes:
            self.say(rule.identifier, "never-met", "no certificate meets it")
        elif outcomes == {Outcome.MET}:
            self.say(rule.identifier, "always-met", "every certificate meets it")
        for part in branching(expression):
            for branch, word in ((True, "then"), (False, "else")):
                if (id(part.operands), branch) not in taken and (id(part.operands), not branch) in taken:
                    self.say(rule.identifier, "unreachable", f"the {word} of this if is never reached", as_json(part))

    def together(self, rules: Sequence[tuple[Rule, Expression]]) -> None:
        """Whether rules that apply to the same certificate exclude each other, in twos and all together."""
        for country, kind, region in sorted({(rule.country, rule.type, rule.region) for rule, _ in rules}):
            own = [
                (rule, expression)
                for rule, expression in rules
                if (rule.country, rule.type, rule.region, rule.engine) == (country, kind, region, CERTLOGIC)
            ]
            asked = {rule.identifier: predicates((expression,)).paths for rule, expression in own}
            excluded = set()
            for (first, one), (second, other) in combinations(own, 2):
                if first.identifier == second.identifier or not asked[first.identifier] & asked[second.identifier]:
                    continue
                for event in _events(self.fields, (first, second)):
                    if self._exclude(event, one, other):
                        excluded.add(event)
                        self.say(
                            first.identifier,
                            "contradiction",
                            f"no {KINDS[event].lower()} certificate meets both it and {second.identifier}",
                        )
            for event in _events(self.fields, [rule for rule, _ in own]):
                if event not in excluded and len(own) > 1:
                    self._all(event, [one for one in own if one[0].certificate_type in {GENERAL, KINDS[event]}])

    def _exclude(self, event: str, first: Expression, second: Expression) -> bool:
        self.budget.left -= _PAIR
        if self.budget.left <= 0:
            return False
        grid = self.travellers([first, second])
        if not grid.complete:
            return False
        found: set[tuple[int, ...]] = set()
        for one in grid:
            if not _alone(one, event):
                continue
            if self.budget.left <= 0:
                return False
            met = self._met((first, second), one)
            if len(met) == 2:
                return False
            found.add(met)
        return {(0,), (1,)} <= found

    def _met(self, expressions: Sequence[Expression], traveller: Traveller) -> tuple[int, ...]:
        """The numbers of the rules that this traveller meets."""
        data = traveller.data()
        outcomes = [outcome_of(one, data, budget=self.budget) for one in expressions]
        return tuple(number for number, one in enumerate(outcomes) if one is Outcome.MET)

    def why(self, grid: Travellers) -> str:
        """Why not everybody was looked at."""
        if self.budget.left <= 0:
            return "the set is too large to look at all"
        return grid.doubt or f"a sample of {grid.number} possible ones was looked at"

    def _all(self, event: str, rules: Sequence[tuple[Rule, Expression]]) -> None:
        newest = {rule.identifier: one for rule, one in rules}
        grid = self.travellers(list(newest.values()))
        met: set[int] = set()
        for one in grid:
            if self.budget.left <= 0:
                break
            if not _alone(one, event):
                continue
            held = self._met(tuple(newest.values()), one)
            if len(held) == len(newest):
                return
            met.update(held)
        if len(met) < len(newest):
            return  # a rule that none of this kind meets by itself keeps the kind out: that can be what is meant
        kind = KINDS[event].lower()
        if grid.complete and self.budget.left > 0:
            self.say("", "contradiction", f"no {kind} certificate meets all of {', '.join(sorted(newest))}")
        else:
            self.say("", "not-examined", f"no {kind} certificate that meets all rules was found: {self.why(grid)}", note=True)


def _alone(traveller: Traveller, event: str) -> bool:
    """Whether one event of this kind is presented and nothing else, as a certificate has it."""
    return all(count == (1 if name == event else 0) for name, count in traveller.events.items())


def _events(fields: Fields, rules: Sequence[Rule]) -> list[str]:
    kinds = {rule.certificate_type for rule in rules} - {GENERAL}
    return [event for event in fields.events if event in KINDS and (not kinds or KINDS[event] in kinds)]


def branching(expression: Expression) -> list[Operation]:
    """Every ``if`` in it."""
    found: list[Operation] = []
    waiting = [expression]
    while waiting:
        match waiting.pop():
            case Operation(operator, operands) as one:
                if operator == "if":
                    found.append(one)
                waiting.extend(operands)
            case Items(items):
                waiting.extend(items)
            case _:
                pass
    return found
