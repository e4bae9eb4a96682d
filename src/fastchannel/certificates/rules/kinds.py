"""What kind of value each part of a rule has, and where the kinds do not go together."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

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
from fastchannel.certificates.rules.fields import DATES, TEXTS, Field, Fields, Kind


class Mismatch(Struct, frozen=True):
    """One part whose kinds do not go together; ``code`` is path, type or date."""

    code: str
    message: str
    part: Expression


def mismatches(expression: Expression, fields: Fields) -> tuple[Mismatch, ...]:
    """Every part that can only fail, or can never hold, for what the fields are."""
    reader = _Typing(fields)
    kind = reader.kind(expression, None)
    if kind not in {Kind.BOOLEAN, Kind.ANY}:
        reader.wrong("type", f"the rule's value is {_an(kind)}, expected true or false", expression)
    return tuple(reader.found)


class _Typing:
    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.found: list[Mismatch] = []

    def wrong(self, code: str, message: str, part: Expression) -> None:
        self.found.append(Mismatch(code, message, part))

    def kind(self, expression: Expression, inside: Mapping[str, Fields | Kind] | None) -> Kind:
        """The kind of a part; ``inside`` a reduce, only ``current`` and ``accumulator`` can be seen."""
        match expression:
            case Literal(value):
                return Kind.BOOLEAN if isinstance(value, bool) else Kind.INTEGER if isinstance(value, int) else Kind.TEXT
            case Items(items):
                for one in items:
                    self.kind(one, inside)
                return Kind.ARRAY
            case Var(path, steps):
                return self._var(path, steps, expression, inside)
            case Operation("if", (guard, then, otherwise)):
                self._truth(self.kind(guard, inside), guard)
                first, second = self.kind(then, inside), self.kind(otherwise, inside)
                return first if first is second else Kind.ANY
            case Operation("reduce", (operand, step, initial)):
                return self._reduce(operand, step, initial, inside)
            case Operation(operator, operands):
                kinds = [self.kind(one, inside) for one in operands]
                return self._operation(operator, operands, kinds, expression)

    def _var(self, path: str, steps: tuple[str, ...], expression: Var, inside: Mapping[str, Fields | Kind] | None) -> Kind:
        if inside is None:
            field = self.fields.at(steps)
            if field is None:
                self.wrong("path", f'there is no field "{path}"', expression)
            return field.kind if field is not None else Kind.ANY
        if not steps:
            return Kind.OBJECT
        if steps[0] not in inside:
            self.wrong("path", f'"{path}" is not seen inside reduce, only current and accumulator are', expression)
            return Kind.ANY
        scope = inside[steps[0]]
        if isinstance(scope, Kind):
            return scope if len(steps) == 1 else Kind.ANY
        found = scope.at(steps[1:])
        if found is None:
            self.wrong("path", f'there is no field "{path}"', expression)
        return found.kind if found is not None else Kind.ANY

    def _reduce(
        self, operand: Expression, step: Expression, initial: Expression, inside: Mapping[str, Fields | Kind] | None
    ) -> Kind:
        over, start = self.kind(operand, inside), self.kind(initial, inside)
        if over not in {Kind.ARRAY, Kind.ANY}:
            self.wrong("type", f"reduce of {_an(over)}, expected an array", operand)
        current: Fields | Kind = Kind.ANY
        match operand:
            case Var(_, steps) if inside is None:
                current = _below(self.fields, steps)
            case _:
                pass
        result = self.kind(step, {"current": current, "accumulator": start})
        return start if result is start else Kind.ANY

    def _truth(self, kind: Kind, part: Expression) -> None:
        if kind is Kind.MOMENT:
            self.wrong("date", "a moment is neither true nor false", part)

    def _operation(self, operator: str, operands: tuple[Expression, ...], kinds: list[Kind], expression: Operation) -> Kind:
        match operator:
            case "and":
                for kind, part in zip(kinds, operands, strict=True):
                    self._truth(kind, part)
                return kinds[-1] if len(set(kinds)) == 1 else Kind.ANY
            case "!":
                self._truth(kinds[0], operands[0])
                return Kind.BOOLEAN
            case "===":
                self._equal(kinds, expression)
                return Kind.BOOLEAN
            case "in":
                self._in(operands, kinds, expression)
                return Kind.BOOLEAN
            case "+":
                self._all(kinds, operands, Kind.INTEGER, "+")
                return Kind.INTEGER
            case "plusTime" | "dccDateOfBirth":
                self._dated(operator, operands[0], kinds[0])
                return Kind.MOMENT
            case "extractFromUVCI":
                if kinds[0] not in {Kind.TEXT, Kind.ANY}:
                    self.wrong("type", f"extractFromUVCI of {_an(kinds[0])}, expected an identifier", operands[0])
                return Kind.TEXT
        if operator in DATE_COMPARISONS:
            self._moments(operator, operands, kinds)
        elif operator in COMPARISONS:
            self._all(kinds, operands, Kind.INTEGER, operator)
        return Kind.BOOLEAN

    def _all(self, kinds: list[Kind], operands: tuple[Expression, ...], wanted: Kind, operator: str) -> None:
        for kind, part in zip(kinds, operands, strict=True):
            if kind in DATES or kind is Kind.MOMENT:
                self.wrong("date", f"{operator} of {_an(kind)}: dates are compared by before, after and their negations", part)
            elif kind not in {wanted, Kind.ANY}:
                self.wrong("type", f"{operator} of {_an(kind)}, expected {_an(wanted)}", part)

    def _moments(self, operator: str, operands: tuple[Expression, ...], kinds: list[Kind]) -> None:
        for kind, part in zip(kinds, operands, strict=True):
            if kind not in {Kind.MOMENT, Kind.ANY}:
                hint = ', expected a moment: plusTime with 0 "day" makes one of a date'
                self.wrong("date", f"{operator} of {_an(kind)}{hint}", part)

    def _dated(self, operator: str, operand: Expression, kind: Kind) -> None:
        if isinstance(operand, Literal):
            read = dates.birth if operator == "dccDateOfBirth" else dates.read
            if not isinstance(operand.value, str) or read(operand.value) is None:
                self.wrong("date", f"{operator} of {operand.value!r}, which is no date", operand)
        elif kind is Kind.MOMENT:
            self.wrong("date", f"{operator} of a moment: it takes the date as it is written, once", operand)
        elif kind not in DATES | {Kind.ANY}:
            self.wrong("date", f"{operator} of {_an(kind)}, expected a date", operand)

    def _equal(self, kinds: list[Kind], expression: Operation) -> None:
        unsure = {Kind.MOMENT, Kind.ARRAY, Kind.OBJECT} & set(kinds)
        if unsure:
            self.wrong("type", f"=== of {_an(min(unsure))}: engines differ in whether two of them are ever equal", expression)
        elif not _meet(*kinds):
            self.wrong("type", f"=== of {_an(kinds[0])} and {_an(kinds[1])}, which are never equal", expression)

    def _in(self, operands: tuple[Expression, ...], kinds: list[Kind], expression: Operation) -> None:
        if kinds[1] not in {Kind.ARRAY, Kind.ANY}:
            self.wrong("type", f"in {_an(kinds[1])}, expected an array", operands[1])
        match operands[1]:
            case Items(items) if items:
                literals = [self.kind(one, None) for one in items if isinstance(one, Literal)]
                if len(literals) == len(items) and not any(_meet(kinds[0], one) for one in literals):
                    self.wrong("type", f"{_an(kinds[0])} is never in this array", expression)
            case _:
                pass


def _meet(first: Kind, second: Kind) -> bool:
    return first is second or Kind.ANY in {first, second} or (first in TEXTS and second in TEXTS)


def _below(fields: Fields, steps: tuple[str, ...]) -> Fields:
    """The fields of one item of the array at a path."""
    start = ".".join(["#" if step.isdecimal() else step for step in steps] + ["#"])
    below: dict[str, Field] = {}
    for path, field in fields.by_path.items():
        if path == start:
            below[""] = field
        elif path.startswith(f"{start}."):
            below[path.removeprefix(f"{start}.")] = field
    return Fields(below or {"": Field(Kind.ANY)}, ())


def _an(kind: Kind) -> str:
    return f"{'an' if kind.value[0] in 'aeiou' else 'a'} {kind}"
