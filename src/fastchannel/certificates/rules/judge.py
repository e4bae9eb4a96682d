"""Judge a rule: met, not met or cannot tell, with the comparisons that decided it and when it becomes met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct

from fastchannel.certificates.refusal import shortened
from fastchannel.certificates.rules import dates
from fastchannel.certificates.rules.evaluate import WorkError, strict
from fastchannel.certificates.rules.expression import Expression
from fastchannel.certificates.rules.tracing import Seen, Step, Tracing, Unknown

CONSTANT = "constant"  # the one step of a rule that looks at nothing
_ROUNDS = 8
_TICK = timedelta(milliseconds=1)
_LAST = datetime.max.replace(tzinfo=UTC) - _TICK


class Outcome(StrEnum):
    """What a rule says of a certificate."""

    MET = "met"
    NOT_MET = "not met"
    CANNOT_TELL = "cannot tell"


class Judged(Struct, frozen=True, kw_only=True):
    """A rule's outcome, the comparisons that decided it (see `tracing`), and why we cannot tell where we cannot.

    A trace is never empty where the rule is not met. ``becomes_met`` is the first time after the clock's from which on it is
    met on the same certificate, where the clock alone keeps it from that and days or hours are counted.
    """

    outcome: Outcome
    trace: tuple[Step, ...] = ()
    fault: str = ""
    becomes_met: datetime | None = None


@dataclass(slots=True)
class Budget:
    """Steps that many evaluations may take together: about half a million a second."""

    left: int


def outcome_of(
    expression: Expression, data: object, *, taken: set[tuple[int, bool]] | None = None, budget: Budget | None = None
) -> Outcome:
    """The outcome alone, without a trace: as `judge` has it. ``taken`` gathers which branch of which ``if`` was gone."""
    tracing = Tracing()
    steps = 0
    try:
        value, steps = strict(expression, data, taken)
        if not isinstance(value, bool):
            value = tracing.asked(expression, _root(data))[1].value
    except WorkError:
        value = None
    if budget is not None:
        budget.left -= steps + tracing.steps
    return _outcome(value)


def judge(expression: Expression, data: object) -> Judged:
    """Whether a rule is met. A missing or mistyped field that the rule needs gives CANNOT_TELL, never an exception."""
    found = _judged(expression, data)
    if found.outcome is not Outcome.NOT_MET:
        return found
    return Judged(outcome=found.outcome, trace=found.trace, becomes_met=_becomes_met(expression, data, found.trace))


def _judged(expression: Expression, data: object) -> Judged:
    tracing = Tracing()
    try:
        _held, seen = tracing.asked(expression, _root(data))
    except WorkError as error:
        return Judged(outcome=Outcome.CANNOT_TELL, fault=str(error))
    outcome, trace = _outcome(seen.value), tracing.trace(seen)
    if isinstance(seen.value, Unknown):
        return Judged(outcome=outcome, trace=trace, fault=seen.value.message)
    if outcome is Outcome.CANNOT_TELL:
        fault = f"the rule's value is {shortened(seen.value)}"
        return Judged(outcome=outcome, trace=trace if seen.value is None else (), fault=fault)  # no answer would help
    if not trace and outcome is Outcome.NOT_MET:
        trace = (Step(operator=CONSTANT, fields=(), found=(), held=False),)
    return Judged(outcome=outcome, trace=trace)


def _becomes_met(expression: Expression, data: object, trace: tuple[Step, ...]) -> datetime | None:
    """Look again at the next time at which a decisive comparison turns, and so on: between these times nothing changes."""
    match data:
        case {"external": {"validationClock": str() as written}}:
            clock = dates.read(written)
        case _:
            return None
    for _ in range(_ROUNDS):
        turn = min((step.turns for step in trace if step.turns is not None and clock and step.turns >= clock), default=None)
        if turn is None or turn > _LAST:
            return None
        clock = turn + _TICK
        before, after = (_judged(expression, _at(data, instant)) for instant in (turn, clock))
        if Outcome.MET in (before.outcome, after.outcome):
            return turn if before.outcome is Outcome.MET else clock
        trace = after.trace
    return None


def _at(data: Any, instant: datetime) -> Mapping[str, Any]:
    written = instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    return {**data, "external": {**data["external"], "validationClock": written}}


def _root(data: object) -> Seen:
    return Seen(data, data=True)


def _outcome(value: object) -> Outcome:
    if value is True:
        return Outcome.MET
    return Outcome.NOT_MET if value is False else Outcome.CANNOT_TELL
