"""Evaluate CertLogic as the specification has it; `judge` says the same in three values, and what decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from fastchannel.certificates.refusal import shortened
from fastchannel.certificates.rules import dates
from fastchannel.certificates.rules.expression import (
    COMPARISONS,
    DATE_COMPARISONS,
    Expression,
    Items,
    Literal,
    Operation,
    RuleError,
    Var,
)

MOST_STEPS = 200_000
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "before": lambda a, b: a < b,
    "after": lambda a, b: a > b,
    "not-after": lambda a, b: a <= b,
    "not-before": lambda a, b: a >= b,
}


class EvaluationError(RuleError):
    """The specification has no value for this: types that do not go together, or too much work."""

    def __init__(self, message: str) -> None:
        super().__init__(())
        self.message = message

    def __str__(self) -> str:
        return self.message


def evaluate(expression: Expression, data: object) -> object:
    """The expression's value by the specification. Raises EvaluationError where it has none."""
    return _Run().value(expression, data)


class WorkError(EvaluationError):
    """It takes more steps than any rule needs."""


def strict(expression: Expression, data: object, taken: set[tuple[int, bool]] | None = None) -> tuple[object, int]:
    """The value by the specification, None where it has none, and the steps that it took.

    ``taken`` gathers which branch of which ``if`` was gone, by its operands' ``id``. Raises WorkError.
    """
    run = _Run(taken)
    try:
        return run.value(expression, data), run.steps
    except WorkError:
        raise
    except EvaluationError:
        return None, run.steps


def truth(value: object) -> bool | None:
    """True or False for values that are truthy or falsy; None for those that are neither."""
    if value is None or value is False:
        return False
    if value is True:
        return True
    if isinstance(value, str | list | dict):
        return len(value) > 0
    if type(value) is int:
        return value != 0
    return None


class _Run:
    """One evaluation: bounded in steps, so that no rule and no certificate takes it long."""

    def __init__(self, taken: set[tuple[int, bool]] | None = None) -> None:
        self.steps = 0
        self.taken = taken

    def value(self, expression: Expression, data: object) -> Any:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise WorkError(f"more than {MOST_STEPS} steps")
        match expression:
            case Literal(value):
                return value
            case Var(_, steps):
                return _access(data, steps)
            case Items(items):
                return [self.value(one, data) for one in items]
            case Operation(operator, operands):
                return self._operation(operator, operands, data)

    def _operation(self, operator: str, operands: tuple[Expression, ...], data: object) -> Any:
        match operator:
            case "if":
                held = bool(truth(self.value(operands[0], data)))
                if self.taken is not None:
                    self.taken.add((id(operands), held))
                return self.value(operands[1] if held else operands[2], data)
            case "and":
                return self._and(operands, data)
            case "!":
                found = truth(self.value(operands[0], data))
                if found is None:
                    raise EvaluationError("! of a value that is neither truthy nor falsy")
                return not found
            case "reduce":
                return self._reduce(operands, data)
        values = [self.value(one, data) for one in operands]
        if operator in COMPARISONS or operator in DATE_COMPARISONS:
            return compared(operator, operands, values)
        return SIMPLE[operator](*values)

    def _and(self, operands: tuple[Expression, ...], data: object) -> Any:
        value: Any = None
        for one in operands:
            value = self.value(one, data)
            found = truth(value)
            if found is None:
                raise EvaluationError("and of a value that is neither truthy nor falsy")
            if not found:
                return value
        return value

    def _reduce(self, operands: tuple[Expression, ...], data: object) -> Any:
        items = self.value(operands[0], data)
        accumulator = self.value(operands[2], data)
        if items is None:
            return accumulator
        if not isinstance(items, list):
            raise EvaluationError(f"reduce of {shortened(items)}, which is no array")
        for current in items:
            accumulator = self.value(operands[1], {"accumulator": accumulator, "current": current})
        return accumulator


def compared(operator: str, operands: tuple[Expression, ...], values: list[Any]) -> bool:
    """Whether two or three numbers or instants are in the order asked for. Raises EvaluationError where they are none."""
    kind: type = datetime if operator in DATE_COMPARISONS else int
    for operand, value in zip(operands, values, strict=True):
        if type(value) is not kind:
            wanted = "a date" if kind is datetime else "a whole number"
            raise EvaluationError(f"{operator}: found {shortened(value)} for {named(operand)}, expected {wanted}")
    compare = _COMPARE[operator]
    return all(compare(first, second) for first, second in pairwise(values))


def _access(data: object, steps: tuple[str, ...]) -> Any:
    for step in steps:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and step.isdecimal() and len(step) < 9:
            index = int(step)
            data = data[index] if index < len(data) else None
        else:
            return None
    return data


def same(first: object, second: object) -> bool:
    """Whether both are one text, number or truth value, or both missing."""
    return type(first) is type(second) and isinstance(first, str | int | None) and first == second


def _in(value: object, among: object) -> bool:
    if not isinstance(among, list):
        raise EvaluationError(f"in: found {shortened(among)}, expected an array")
    return any(same(value, one) for one in among)


def _plus(first: object, second: object) -> int:
    if type(first) is not int or type(second) is not int:
        raise EvaluationError(f"+: found {shortened(first)} and {shortened(second)}, expected whole numbers")
    return first + second


def _plus_time(written: object, amount: object, unit: object) -> datetime:
    start = dates.read(written) if isinstance(written, str) else None
    if start is None:
        raise EvaluationError(f"plusTime: found {shortened(written)}, expected a date")
    moved = dates.plus(start, int(str(amount)), str(unit)) if type(amount) is int and abs(amount) < 10**7 else None
    if moved is None:
        raise EvaluationError(f"plusTime: {shortened(amount)} {shortened(unit)} leads outside the calendar")
    return moved


def _birth(written: object) -> datetime:
    found = dates.birth(written) if isinstance(written, str) else None
    if found is None:
        raise EvaluationError(f"dccDateOfBirth: found {shortened(written)}, expected a birth date")
    return found


def _uvci(written: object, index: object) -> str | None:
    if written is None:
        return None
    if not isinstance(written, str) or type(index) is not int:
        raise EvaluationError(f"extractFromUVCI: found {shortened(written)}, expected a text")
    parts = written.removeprefix("URN:UVCI:").replace("#", "/").replace(":", "/").split("/")
    return parts[index] if 0 <= index < len(parts) else None


SIMPLE: Mapping[str, Callable[..., Any]] = {
    "===": same,
    "in": _in,
    "+": _plus,
    "plusTime": _plus_time,
    "dccDateOfBirth": _birth,
    "extractFromUVCI": _uvci,
}


def named(expression: Expression) -> str:
    """The field that an operand rests on, or the literal's own value."""
    match expression:
        case Var(path, _):
            return path
        case Literal(value):
            return str(value)
        case Operation("plusTime", (start, Literal(amount), Literal(unit))):
            return named(start) if amount == 0 else f"{named(start)} {amount:+d} {unit}"
        case Operation(operator, operands):
            return f"{operator}({', '.join(named(one) for one in operands[:1])})"
        case Items(items):
            return f"one of {len(items)}"
