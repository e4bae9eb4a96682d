"""Which travellers are judged otherwise by a new version of a rule set, each kind of change with one traveller who shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from fastchannel.certificates.rules import dates
from fastchannel.certificates.rules.expression import Expression, Literal, parse
from fastchannel.certificates.rules.fields import DCC, Fields, Kind
from fastchannel.certificates.rules.judge import Budget, Outcome, outcome_of
from fastchannel.certificates.rules.rule import Rule
from fastchannel.certificates.rules.travellers import Traveller, Travellers, travellers

MOST_STEPS = 6_000_000  # of all evaluations for two versions: some fifteen seconds
_NO_RULE = Literal(True)  # where nothing is asked, everybody meets it
_SCOPE = ("type", "region", "engine", "engine_version", "schema_version", "certificate_type", "valid_from", "valid_to")


class Change(Struct, frozen=True, kw_only=True):
    """Travellers who are judged otherwise by one rule: how before and after, and one of them by field.

    ``payload`` and ``at`` are that traveller's certificate and time; ``of`` so many of ``among`` representative travellers
    change in this way, and ``complete`` says whether those stand for all.
    """

    country: str
    rule: str
    before: Outcome
    after: Outcome
    fields: dict[str, str]
    payload: dict[str, Any]
    at: str
    of: int
    among: int
    complete: bool


class Comparison(Struct, frozen=True, kw_only=True):
    """Two versions: rules added, removed and worded otherwise, whose scope changed, and whom it concerns."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    rewritten: tuple[str, ...] = ()  # another logic, whether or not anybody is judged otherwise
    scopes: tuple[str, ...] = ()  # another period, certificate type or engine
    changes: tuple[Change, ...] = ()
    complete: bool = True  # whether nobody else can be concerned

    @property
    def same(self) -> bool:
        """Whether everybody is judged as before."""
        return not (self.changes or self.scopes or self.added or self.removed)


def compare_rules(
    old: Iterable[Rule],
    new: Iterable[Rule],
    fields: Fields = DCC,
    *,
    value_sets: Mapping[str, Sequence[str]] | None = None,
) -> Comparison:
    """Whom a new version of a rule set judges otherwise. Raises RuleError for a rule that is not CertLogic."""
    before, after = _newest(old), _newest(new)
    changes: list[Change] = []
    rewritten, complete, budget = [], True, Budget(MOST_STEPS)
    for key in sorted(before.keys() | after.keys()):
        first, second = before.get(key), after.get(key)
        if first is not None and second is not None and first.logic == second.logic:
            continue
        if first is not None and second is not None:
            rewritten.append(key[1])
        found, whole = _changes(key, first, second, lambda rules: travellers(rules, fields, value_sets), fields, budget)
        changes += found
        complete = complete and whole
    return Comparison(
        added=tuple(key[1] for key in sorted(after.keys() - before.keys())),
        removed=tuple(key[1] for key in sorted(before.keys() - after.keys())),
        rewritten=tuple(rewritten),
        scopes=tuple(
            key[1]
            for key in sorted(before.keys() & after.keys())
            if any(getattr(before[key], name) != getattr(after[key], name) for name in _SCOPE)
        ),
        changes=tuple(changes),
        complete=complete,
    )


def _newest(rules: Iterable[Rule]) -> dict[tuple[str, str], Rule]:
    found: dict[tuple[str, str], Rule] = {}
    for rule in rules:
        held = found.get((rule.country, rule.identifier))
        if held is None or rule.order >= held.order:
            found[rule.country, rule.identifier] = rule
    return found


def _changes(
    key: tuple[str, str],
    old: Rule | None,
    new: Rule | None,
    among: Callable[[Sequence[Expression]], Travellers],
    fields: Fields,
    budget: Budget,
) -> tuple[list[Change], bool]:
    first: Expression = _NO_RULE if old is None else parse(old.logic)
    second: Expression = _NO_RULE if new is None else parse(new.logic)
    grid = among([first, second])
    shown: dict[tuple[Outcome, Outcome], Traveller] = {}
    counts: dict[tuple[Outcome, Outcome], int] = {}
    looked = 0
    for one in grid:
        if budget.left <= 0:
            break
        looked, data = looked + 1, one.data()
        pair = (outcome_of(first, data, budget=budget), outcome_of(second, data, budget=budget))
        if pair[0] is pair[1]:
            continue
        counts[pair] = counts.get(pair, 0) + 1
        if pair not in shown or _plainness(one) < _plainness(shown[pair]):
            shown[pair] = one
    complete = grid.complete and budget.left > 0
    changes = []
    for pair, one in shown.items():
        data = one.data()
        changes.append(
            Change(
                country=key[0],
                rule=key[1],
                before=pair[0],
                after=pair[1],
                fields=_described(one, data, fields),
                payload=data["payload"],
                at=data["external"]["validationClock"],
                of=counts[pair],
                among=looked,
                complete=complete,
            )
        )
    return changes, complete


def _plainness(traveller: Traveller) -> tuple[int, int]:
    """Smaller is plainer: fewer events, and more of what is asked for is there."""
    return sum(traveller.events.values()), sum(value is None for value in traveller.values.values())


def _described(traveller: Traveller, data: Mapping[str, Any], fields: Fields) -> dict[str, str]:
    """The fields that rules look at, in words: a date with how far it lies from the clock."""
    clock = dates.read(data["external"]["validationClock"])
    found: dict[str, str] = {}
    for name, count in traveller.events.items():
        if not count:
            found[f"payload.{name}"] = "none"
    for path, value in traveller.values.items():
        field = fields.at(tuple(path.split(".")))
        words = "none" if value is None else str(value)
        if field is not None and field.kind in {Kind.DATE, Kind.DATE_TIME} and isinstance(value, str) and clock is not None:
            words += _from(dates.read(value), clock)
        found[path] = words
    return found


def _from(instant: datetime | None, clock: datetime) -> str:
    if instant is None or instant == clock:
        return ""
    far = str(abs(instant - clock)).removesuffix(", 0:00:00")
    return f" ({far} {'before' if instant < clock else 'after'} the clock)"
