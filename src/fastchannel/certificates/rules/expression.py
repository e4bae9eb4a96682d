"""CertLogic 1.3.3: an expression read once into a tree, every mistake in its form listed."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from msgspec import Struct

from fastchannel.certificates.refusal import CertificateError, shortened

MOST_DEPTH = 64
MOST_NODES = 20_000

COMPARISONS = frozenset({"<", ">", "<=", ">="})
DATE_COMPARISONS = frozenset({"after", "before", "not-after", "not-before"})
UNITS = ("year", "month", "day", "hour")
# Operator → the fewest and the most operands.
OPERATORS: dict[str, tuple[int, int]] = {
    "if": (3, 3), "and": (2, 10_000), "===": (2, 2), "in": (2, 2), "+": (2, 2), "!": (1, 1), "plusTime": (3, 3),
    "reduce": (3, 3), "extractFromUVCI": (2, 2), "dccDateOfBirth": (1, 1),
    **dict.fromkeys(COMPARISONS | DATE_COMPARISONS, (2, 3)),
}  # fmt: skip
_PATH = re.compile(r"(?:[A-Za-z0-9_$-]+(?:\.[A-Za-z0-9_$-]+)*)?", re.ASCII)


class RuleError(CertificateError):
    """A rule is not written as CertLogic asks. ``issues`` lists every mistake."""

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        self.issues = issues
        super().__init__("; ".join(f"{one.message} in {_part(one.expression)}" for one in issues[:5]))


def _part(expression: object) -> str:
    try:
        return str(expression)[:80]
    except (RecursionError, ValueError):  # nested too deep, or a number of too many digits, to be written at all
        return shortened(expression)


class Issue(Struct, frozen=True):
    """One mistake, and the part of the expression that it is in."""

    expression: Any
    message: str


class Literal(Struct, frozen=True):
    """A text, a whole number or a truth value."""

    value: str | int | bool


class Var(Struct, frozen=True):
    """Access to the data. ``path`` is what stands in the rule; the empty one is all of the data."""

    path: str
    steps: tuple[str, ...]


class Items(Struct, frozen=True):
    """An array, each item evaluated."""

    items: tuple[Expression, ...]


class Operation(Struct, frozen=True):
    """An operator and its operands."""

    operator: str
    operands: tuple[Expression, ...]
    CLOCK: ClassVar[str] = "external.validationClock"


Expression = Literal | Var | Items | Operation


def parse(raw: object) -> Expression:
    """Read decoded JSON. Raises RuleError with every mistake."""
    reader = _Reader()
    found = reader.read(raw, 0)
    if found is None or reader.issues:
        raise RuleError(tuple(reader.issues))
    return found


def issues_of(raw: object) -> tuple[Issue, ...]:
    """Every mistake in the form of decoded JSON; none where `parse` would read it."""
    reader = _Reader()
    reader.read(raw, 0)
    return tuple(reader.issues)


def as_json(expression: Expression) -> Any:
    """The JSON that reads back to the expression."""
    match expression:
        case Literal(value):
            return value
        case Var(path, _):
            return {"var": path}
        case Items(items):
            return [as_json(one) for one in items]
        case Operation(operator, operands):
            return {operator: [as_json(one) for one in operands]}


class _Reader:
    def __init__(self) -> None:
        self.issues: list[Issue] = []
        self.nodes = 0

    def read(self, raw: object, depth: int) -> Expression | None:
        self.nodes += 1
        if depth > MOST_DEPTH or self.nodes > MOST_NODES:
            if not any(one.expression is None for one in self.issues):
                self._wrong(None, f"deeper than {MOST_DEPTH} levels or larger than {MOST_NODES} parts")
            return None
        match raw:
            case bool() | str() | int():
                return Literal(raw)
            case float():
                self._wrong(raw, f"{raw} is a non-integer number")
                return None
            case list():
                items = [self.read(one, depth + 1) for one in raw]
                return Items(tuple(one for one in items if one is not None))
            case dict():
                return self._object(raw, depth)
            case _:
                self._wrong(raw, "invalid CertLogic expression")
                return None

    def _object(self, raw: dict[Any, Any], depth: int) -> Expression | None:
        if len(raw) != 1:
            self._wrong(raw, f"expression object must have exactly one key, but it has {len(raw)}")
            return None
        ((operator, operands),) = raw.items()
        if operator == "var":
            return self._var(raw, operands)
        if not isinstance(operands, list):
            self._wrong(raw, 'operation not of the form { "<operator>": [ <values...> ] }')
            return None
        bounds = OPERATORS.get(operator)
        if bounds is None:
            self._wrong(raw, f'unrecognised operator: "{operator}"')
            return None
        if not bounds[0] <= len(operands) <= bounds[1]:
            self._wrong(raw, f'"{operator}" takes {bounds[0]} to {bounds[1]} operands, but it has {len(operands)}')
            return None
        read = [self.read(one, depth + 1) for one in operands]
        if any(one is None for one in read):
            return None
        found = Operation(operator, tuple(one for one in read if one is not None))
        self._literals(raw, found)
        return found

    def _var(self, raw: dict[Any, Any], path: object) -> Expression | None:
        if not isinstance(path, str):
            self._wrong(raw, 'not of the form { "var": "<path>" }')
            return None
        if _PATH.fullmatch(path) is None:
            self._wrong(raw, f"data access path doesn't have a valid format: {path}")
            return None
        return Var(path, tuple(path.split(".")) if path else ())

    def _literals(self, raw: object, found: Operation) -> None:
        """Operands that must be literals, or may be no literal of another type."""
        operator, operands = found.operator, found.operands
        if operator == "plusTime":
            amount, unit = operands[1], operands[2]
            if not (isinstance(amount, Literal) and type(amount.value) is int):
                self._wrong(raw, '"amount" argument (#2) of "plusTime" must be an integer')
            if not (isinstance(unit, Literal) and unit.value in UNITS):
                self._wrong(raw, f'"unit" argument (#3) of "plusTime" must be one of {", ".join(UNITS)}')
        elif operator == "extractFromUVCI":
            index = operands[1]
            if not (isinstance(index, Literal) and type(index.value) is int):
                self._wrong(raw, '"index" argument (#2) of "extractFromUVCI" must be an integer')
        elif operator in DATE_COMPARISONS:
            if any(isinstance(one, Literal) for one in operands):
                self._wrong(raw, f'an operand of "{operator}" is a literal; dates come from "plusTime" or "dccDateOfBirth"')
        elif operator in COMPARISONS:
            if any(isinstance(one, Literal) and type(one.value) is not int for one in operands):
                self._wrong(raw, f'an operand of "{operator}" is no integer')
        elif operator == "in" and isinstance(operands[1], Literal):
            self._wrong(raw, 'the second operand of "in" is no array')

    def _wrong(self, expression: object, message: str) -> None:
        self.issues.append(Issue(expression, message))
