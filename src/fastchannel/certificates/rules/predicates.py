"""What a rule asks of each field: the constants and thresholds it is compared with, and the fields compared with each other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from fastchannel.certificates.rules import dates
from fastchannel.certificates.rules.expression import (
    COMPARISONS,
    DATE_COMPARISONS,
    Expression,
    Items,
    Literal,
    Operation,
    Var,
)
from fastchannel.certificates.rules.fields import VALUE_SETS

CLOCK = "external.validationClock"
CALENDAR = ""  # the node that dates written into a rule belong to
Scope = tuple[str, ...]  # inside a reduce: the paths that ``current`` can be


@dataclass(frozen=True, slots=True)
class Shift:
    """How far a date is moved before it is compared."""

    amount: int = 0
    unit: str = "day"

    def moved(self, start: datetime, sign: int = 1) -> datetime | None:
        return dates.plus(start, sign * self.amount, self.unit)


@dataclass(frozen=True, slots=True)
class Bound:
    """Two dates that are compared, each a path and its shift; a date of the rule itself has the path CALENDAR."""

    first: str
    first_shift: Shift
    second: str
    second_shift: Shift
    written: str = ""  # the date of the rule itself, where one is


@dataclass(slots=True)
class Predicates:
    """All that some rules ask. ``blurred`` says why the answers may depend on more than this; empty where they do not."""

    paths: set[str] = field(default_factory=set)
    guards: set[str] = field(default_factory=set)  # asked whether they are there
    texts: dict[str, set[str | bool]] = field(default_factory=lambda: defaultdict(set))
    sets: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # value sets, by name
    fragments: dict[str, dict[int, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    numbers: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    equals: set[tuple[str, str]] = field(default_factory=set)  # texts compared with each other
    orders: set[tuple[str, str]] = field(default_factory=set)  # numbers compared with each other
    bounds: set[Bound] = field(default_factory=set)
    counted: set[str] = field(default_factory=set)  # arrays folded whole
    blurred: str = ""

    def blur(self, why: str) -> None:
        self.blurred = self.blurred or why


def predicates(expressions: tuple[Expression, ...]) -> Predicates:
    """What the expressions ask of the data."""
    found = Predicates()
    for one in expressions:
        _read(one, found, None)
    return found


def _paths(expression: Expression, scope: Scope | None) -> tuple[str, ...]:
    """The paths that a variable can mean; none where it is no path of the data."""
    match expression:
        case Var(path, steps):
            if scope is None:
                return (path,) if path else ()
            if steps and steps[0] == "current":
                return tuple(".".join((start, *steps[1:])) for start in scope)
            return ()
        case _:
            return ()


def _read(expression: Expression, found: Predicates, scope: Scope | None) -> None:
    match expression:
        case Var():
            found.paths.update(_paths(expression, scope))
        case Items(items):
            for one in items:
                _read(one, found, scope)
        case Operation("reduce", (operand, step, initial)):
            _read(operand, found, scope)
            _read(initial, found, scope)
            _read(step, found, _scope(operand, found, scope))
        case Operation(operator, operands):
            for one in operands:
                _read(one, found, scope)
            _asked(operator, operands, found, scope)
        case Literal():
            pass


def _asked(operator: str, operands: tuple[Expression, ...], found: Predicates, scope: Scope | None) -> None:
    """What one operation asks of the fields that it is given."""
    if operator in {"if", "!", "and"}:
        for one in operands[:1] if operator == "if" else operands:
            found.guards.update(_paths(one, scope))
            if isinstance(one, Operation) and one.operator in {"extractFromUVCI", "reduce", "+"}:
                found.blur("a value that the rule itself makes is asked whether it is there")
    elif operator in {"===", "in"}:
        _membership(operator, operands, found, scope)
    elif operator in COMPARISONS:
        _numbers(operands, found, scope)
    elif operator in DATE_COMPARISONS:
        for first, second in pairwise(operands):
            _moments(first, second, found, scope)
    elif operator == "+" and scope is None:
        found.blur("numbers are added before they are compared")


def _scope(operand: Expression, found: Predicates, scope: Scope | None) -> Scope:
    match operand:
        case Items(items) if all(isinstance(one, Var) for one in items):
            return tuple(path for one in items for path in _paths(one, scope))
        case Var():
            paths = _paths(operand, scope)
            found.counted.update(paths)
            found.blur("an array is folded, and can be of any length")
            return tuple(f"{path}.0" for path in paths)
        case _:
            found.blur("an array that the rule itself makes is folded")
            return ()


def _membership(operator: str, operands: tuple[Expression, ...], found: Predicates, scope: Scope | None) -> None:
    member, among = operands
    if operator == "===" and isinstance(member, Literal):
        member, among = among, member
    among_items = among.items if isinstance(among, Items) else (among,) if operator == "===" else ()
    constants = {one.value for one in among_items if isinstance(one, Literal)}
    match member:
        case Var():
            for path in _paths(member, scope):
                _member(path, among, operator, constants, found, scope)
        case Operation("extractFromUVCI", (Var() as whole, Literal(int() as index))):
            for path in _paths(whole, scope):
                found.fragments[path][index].update(str(one) for one in constants)
            if not among_items or not all(isinstance(one, Literal) for one in among_items):
                found.blur("a part of an identifier is compared with another field")
        case Literal():
            if not isinstance(among, Items):
                found.blur("a constant is looked for in an array of the certificate")
        case _ if not _counts(member):
            found.blur("a value that the rule itself makes is compared")
        case _:
            pass


def _counts(expression: Expression) -> bool:
    """Whether it counts which of some named parts are there, and depends on nothing else."""
    match expression:
        case Operation("reduce", (Items(), Operation("+", parts), Literal(int()))):
            match sorted(parts, key=lambda part: isinstance(part, Operation)):
                case [Var("accumulator", _), Operation("if", (Var(), Literal(int()), Literal(int())))]:
                    return True
        case _:
            pass
    return False


def _member(
    path: str, among: Expression, operator: str, constants: set[str | int | bool], found: Predicates, scope: Scope | None
) -> None:  # fmt: skip
    for one in constants:
        if isinstance(one, int) and not isinstance(one, bool):
            found.numbers[path].add(one)
        else:
            found.texts[path].add(one)
    others = _paths(among, scope)
    if operator == "===" and others:
        found.equals.update((path, other) for other in others)
        found.orders.update((path, other) for other in others)
    elif others and others[0].startswith(VALUE_SETS):
        found.sets[path].update(other.removeprefix(VALUE_SETS) for other in others)
    elif not isinstance(among, Literal) and not (
        isinstance(among, Items) and all(isinstance(one, Literal) for one in among.items)
    ):
        found.blur("a field is looked for among values that the rule itself makes")


def _numbers(operands: tuple[Expression, ...], found: Predicates, scope: Scope | None) -> None:
    for first, second in pairwise(operands):
        for field_side, other in ((first, second), (second, first)):
            for path in _paths(field_side, scope):
                match other:
                    case Literal(int() as number):
                        found.numbers[path].add(number)
                    case Var():
                        found.orders.update((path, each) for each in _paths(other, scope))
                    case _:
                        found.blur("a number is compared with one that the rule itself makes")
        if not (isinstance(first, Var | Literal) and isinstance(second, Var | Literal)):
            found.blur("a number that the rule itself makes is compared")


def _moments(first: Expression, second: Expression, found: Predicates, scope: Scope | None) -> None:
    one, other = _dated(first, scope), _dated(second, scope)
    if one is None or other is None:
        found.blur("a moment that the rule itself chooses is compared")
        return
    for path, shift, written in one:
        for other_path, other_shift, other_written in other:
            found.bounds.add(Bound(path, shift, other_path, other_shift, written or other_written))


def _dated(expression: Expression, scope: Scope | None) -> list[tuple[str, Shift, str]] | None:
    match expression:
        case Operation("plusTime", (Var() as start, Literal(int() as amount), Literal(str() as unit))):
            return [(path, Shift(amount, unit), "") for path in _paths(start, scope)]
        case Operation("plusTime", (Literal(str() as start), Literal(int() as amount), Literal(str() as unit))):
            return [(CALENDAR, Shift(amount, unit), start)]
        case Operation("dccDateOfBirth", (Var() as start,)):
            return [(path, Shift(), "") for path in _paths(start, scope)]
        case _:
            return None
