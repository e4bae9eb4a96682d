"""Evaluate a rule in three values, each carrying the comparisons that decided it.

A value that is missing or of the wrong kind is *unknown*; so is what is made of it, unless the rest decides by itself. Where
the specification gives true or false, so does this; where it gives an error or nothing, this can still tell.

A comparison is *decisive* for a value when it is one of those that the value rests on:

- a comparison rests on itself and on what its operands rest on, and so does the question whether a field is there;
- ``and`` that is false rests on its parts that are ``false``, all of them, for one alone would have done; true, on all its
  parts; unknown, on those that are unknown; where a part is empty (``null``, 0, an empty text) and none is ``false``, on all;
- ``if`` rests on its condition and on the branch taken, but on that branch alone where the other one says the same outright;
  where its condition is unknown, on the condition, or on both branches where they agree;
- ``!`` and what is reckoned rest on what their operands rest on; ``or`` is written with these, and follows from them;
- ``reduce`` rests, item by item, on what its last value was made of.

So a comparison that is not decisive for true or false can have any answer or none, and the value stays; held by
``test_trace.py``. For an unknown value the decisive ones are those that cannot be made: without any of the others it stays
unknown too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from msgspec import Struct

from fastchannel.certificates.refusal import shortened
from fastchannel.certificates.rules import dates
from fastchannel.certificates.rules.evaluate import MOST_STEPS, SIMPLE, EvaluationError, WorkError, compared, named, same, truth
from fastchannel.certificates.rules.expression import (
    COMPARISONS,
    DATE_COMPARISONS,
    Expression,
    Items,
    Literal,
    Operation,
    Var,
)

CLOCK = "external.validationClock"
GIVEN = "given"  # the question whether a field is there, or holds
COUNTED = "counted:"  # in front of the array that a number was reckoned over
_MOST_LISTED, _LONGEST_LIST = 5, 120  # items and characters of a list that is written out
_MOVED = {"plusTime", "dccDateOfBirth", "extractFromUVCI"}  # what they give still is of the field that they are given


class Step(Struct, frozen=True, kw_only=True):
    """One comparison. ``found`` is empty where there is nothing; ``held`` is None where it could not be made.

    ``operator`` is CertLogic's, or ``given``. ``turns`` is the time at which its answer changes, where it depends on the clock.
    """

    operator: str
    fields: tuple[str, ...]
    found: tuple[str, ...]
    held: bool | None
    turns: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Why:
    """What a value rests on: a comparison, and what others rest on. Shared, so that it takes no more room than work."""

    number: int
    step: Step | None
    parts: tuple[_Why, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """In place of a value: why there is none."""

    message: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class _Array:
    """An array that the rule made."""

    items: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class _Fold:
    """What is seen inside ``reduce``."""

    accumulator: Seen
    current: Seen


@dataclass(frozen=True, slots=True)
class Seen:
    """A value, what it rests on, and the field that it is, moved by a span. ``data`` tells a field from what was reckoned."""

    value: Any
    why: _Why | None = None
    path: str = ""
    shift: tuple[int, str] = (0, "day")
    data: bool = False


class Tracing:
    """One evaluation of one rule."""

    def __init__(self) -> None:
        self.steps = 0
        self.numbers = 0

    def value(self, expression: Expression, here: Seen) -> Seen:
        """The value with what it rests on. Raises WorkError and nothing else."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise WorkError(f"more than {MOST_STEPS} steps")
        match expression:
            case Literal(value):
                return Seen(value)
            case Var(_, steps):
                return self._access(here, steps)
            case Items(items):
                return Seen(_Array(tuple(self.value(one, here) for one in items)))
            case Operation("if", operands):
                return self._if(operands, here)
            case Operation("and", operands):
                return self._and(operands, here)
            case Operation("!", operands):
                return self._not(operands[0], here)
            case Operation("reduce", operands):
                return self._reduce(operands, here)
            case Operation(operator, operands):
                return self._reckoned(operator, operands, [self.value(one, here) for one in operands])

    def asked(self, expression: Expression, here: Seen) -> tuple[bool | None, Seen]:
        """Whether a value is truthy, None where unknown. What is no comparison's answer rests on this question besides."""
        seen = self.value(expression, here)
        held = None if isinstance(seen.value, Unknown) else _truth(seen.value)
        plain = isinstance(seen.value, bool) and not seen.data
        if plain or isinstance(expression, Literal) or (held is None and seen.why is not None):
            return held, seen
        step = Step(operator=GIVEN, fields=(_name(seen, expression),), found=(_written(seen.value),), held=held)
        return held, replace(seen, why=self._because(step, [seen]))

    def trace(self, seen: Seen) -> tuple[Step, ...]:
        """The decisive comparisons, each once, in the order in which they were made."""
        found: dict[int, Step] = {}
        waiting = [seen.why] if seen.why is not None else []
        known = {id(one) for one in waiting}
        while waiting:
            why = waiting.pop()
            if why.step is not None:
                found[why.number] = why.step
            for one in why.parts:
                if id(one) not in known:
                    known.add(id(one))
                    waiting.append(one)
        return tuple(dict.fromkeys(found[number] for number in sorted(found)))

    def _because(self, step: Step | None, rests_on: Iterable[Seen]) -> _Why | None:
        parts = tuple(one.why for one in rests_on if one.why is not None)
        if step is None and len(parts) < 2:
            return parts[0] if parts else None
        self.numbers += 1
        return _Why(self.numbers, step, parts)

    def _access(self, here: Seen, steps: tuple[str, ...]) -> Seen:
        seen = here
        for number, step in enumerate(steps):
            inner = _inside(seen, step)
            if inner is None:
                path = ".".join((seen.path, *steps[number:])).lstrip(".") if seen.data else ""
                return Seen(None, seen.why, path, data=seen.data)
            seen = replace(inner, why=self._because(None, [seen, inner]))
        return seen

    def _if(self, operands: tuple[Expression, ...], here: Seen) -> Seen:
        held, condition = self.asked(operands[0], here)
        if held is None and isinstance(condition.value, Unknown):
            first, second = (self.asked(one, here)[1] for one in operands[1:])
            if same(first.value, second.value):
                return Seen(first.value, self._because(None, [first, second]))
            return Seen(condition.value, condition.why)
        taken, other = operands[1:] if held else operands[:0:-1]
        seen = self.value(taken, here)
        if isinstance(other, Literal) and same(other.value, seen.value):
            return seen
        return replace(seen, why=self._because(None, [condition, seen]))

    def _and(self, operands: tuple[Expression, ...], here: Seen) -> Seen:
        parts: list[Seen] = []
        empty: Seen | None = None
        unknown: list[Seen] = []
        false: list[Seen] = []
        for one in operands:
            held, seen = self.asked(one, here)
            if seen.value is False:
                false.append(seen)
            elif held is None:
                unknown.append(seen)
            elif not held and empty is None:
                empty = seen
            parts.append(seen)
        if false:
            return Seen(False, self._because(None, false))
        if empty is not None:
            return replace(empty, why=self._because(None, parts))
        if unknown:
            return Seen(_unknown(unknown[0], "and"), self._because(None, unknown))
        return replace(parts[-1], why=self._because(None, parts))

    def _not(self, operand: Expression, here: Seen) -> Seen:
        held, seen = self.asked(operand, here)
        return Seen(_unknown(seen, "!") if held is None else not held, seen.why)

    def _reduce(self, operands: tuple[Expression, ...], here: Seen) -> Seen:
        items, seen = self.value(operands[0], here), self.value(operands[2], here)
        match items.value:
            case Unknown():
                return items
            case None:
                return replace(seen, why=self._because(None, [items, seen]))
            case _Array(each):
                found = each
            case list():
                found = tuple(
                    Seen(one, path=f"{items.path}.{number}", data=items.data) for number, one in enumerate(items.value)
                )
            case _:
                message = f"reduce of {_written(items.value)}, which is no array"
                return Seen(Unknown(message), items.why)
        for current in found:
            seen = self.value(operands[1], Seen(_Fold(seen, current)))
        return replace(_counted(seen, items.path), why=self._because(None, [items, seen]))

    def _reckoned(self, operator: str, operands: tuple[Expression, ...], values: list[Seen]) -> Seen:
        missing = next((one.value for one in values if isinstance(one.value, Unknown)), None)
        result: Any = missing
        if missing is None:
            try:
                plain = [_plain(one.value) for one in values]
                if operator in COMPARISONS or operator in DATE_COMPARISONS:
                    result = compared(operator, operands, plain)
                elif operator == "in":
                    result = self._among(values)
                else:
                    result = SIMPLE[operator](*plain)
            except EvaluationError as error:
                result = Unknown(str(error), _written(values[0].value))
        if operator not in _MOVED and operator != "+":
            return Seen(result, self._because(_step(operator, operands, values, result), [*values, *_elements(values)]))
        why = self._because(None, values)
        if operator == "+":
            return Seen(result, why)
        shift = (values[1].value, values[2].value) if operator == "plusTime" else (0, "day")
        return replace(values[0], value=result, why=why, shift=shift)

    def _among(self, values: list[Seen]) -> Any:
        value, among = (one.value for one in values)
        if not isinstance(among, _Array):
            return SIMPLE["in"](value, among)
        if any(same(value, one.value) for one in among.items):
            return True
        return next((one.value for one in among.items if isinstance(one.value, Unknown)), False)


def _inside(seen: Seen, step: str) -> Seen | None:
    """One step into a value; None where it has none of that name."""
    index = int(step) if step.isdecimal() and len(step) < 9 else None
    match seen.value:
        case Unknown():
            return seen
        case _Fold(accumulator, current):
            return {"accumulator": accumulator, "current": current}.get(step)
        case _Array(items):
            return items[index] if index is not None and index < len(items) else None
        case dict() as fields:
            found = fields.get(step)
        case list() as items:
            found = items[index] if index is not None and index < len(items) else None
        case _:
            return None
    return Seen(found, path=f"{seen.path}.{step}".lstrip("."), data=True)


def _step(operator: str, operands: tuple[Expression, ...], values: list[Seen], result: Any) -> Step:
    return Step(
        operator=operator,
        fields=tuple(_name(one, operand) for one, operand in zip(values, operands, strict=True)),
        found=tuple(_written(one.value) for one in values),
        held=None if isinstance(result, Unknown) else bool(result),
        turns=_turns(values),
    )


def _elements(values: list[Seen]) -> list[Seen]:
    return [each for one in values if isinstance(one.value, _Array) for each in one.value.items]


def _counted(seen: Seen, path: str) -> Seen:
    """What was reckoned over an array, named after it."""
    if isinstance(seen.value, _Array):
        return replace(seen, value=_Array(tuple(_counted(one, path) for one in seen.value.items)))
    return seen if seen.path or not path else replace(seen, path=COUNTED + path.removeprefix(COUNTED))


def _name(seen: Seen, expression: Expression) -> str:
    """The field that a value is; without one the rule's own words."""
    if not seen.path:
        return named(expression)
    amount, unit = seen.shift
    return f"{seen.path} {amount:+d} {unit}" if amount else seen.path


def _plain(value: Any) -> Any:
    """The value as it would stand in the data."""
    if isinstance(value, _Array):
        return [_plain(one.value) for one in value.items]
    return {} if isinstance(value, _Fold) else value


def _truth(value: Any) -> bool | None:
    if isinstance(value, _Array):
        return len(value.items) > 0
    return True if isinstance(value, _Fold) else truth(value)


def _unknown(seen: Seen, operator: str) -> Unknown:
    if isinstance(seen.value, Unknown):
        return seen.value
    return Unknown(f"{operator} of a value that is neither truthy nor falsy")


def _written(value: Any) -> str:
    match value:
        case None:
            return ""
        case Unknown(_, found):
            return found
        case datetime():
            return value.isoformat()
        case list() as items:
            return _listed([_written(one) for one in items[:_MOST_LISTED]], len(items))
        case _Array(items):
            return _listed([_written(one.value) for one in items[:_MOST_LISTED]], len(items))
        case _Fold():
            return "dict"
        case _:
            return shortened(value)


def _listed(written: list[str], number: int) -> str:
    text = ", ".join(written)
    return text if number == len(written) and len(text) <= _LONGEST_LIST else f"one of {number}"


def _turns(values: list[Seen]) -> datetime | None:
    """When the answer changes, where one date is the clock, moved by hours or days, and others are not: at the next equality.

    Where the clock is past all of them it is the last.
    """
    clock = next((one for one in values if one.path == CLOCK and one.data and isinstance(one.value, datetime)), None)
    if clock is None or not (clock.shift[1] in {"day", "hour"} or clock.shift[0] == 0):
        return None
    others = [one.value for one in values if one is not clock and isinstance(one.value, datetime)]
    if len(others) < len(values) - 1 or not others:
        return None
    later = [one for one in others if one >= clock.value]
    return dates.plus(min(later) if later else max(others), -clock.shift[0], clock.shift[1])
