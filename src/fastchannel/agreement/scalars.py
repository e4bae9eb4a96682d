"""What a text writes as a string and the program reads as a value: moments, windows, rungs, conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from fastchannel.agreement.conditions import Condition, parse_condition
from fastchannel.agreement.provisions import Rung, Step
from fastchannel.agreement.wording import Windows
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.moments import Moment, Span, Window, parse_moment, parse_span, parse_window, parse_windows


class StepError(FastChannelError):
    """A text is not a rung of the ladder."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """How one type is written: its parser, and what a mistake says was expected."""

    parse: Callable[[str], Any]
    expected: str
    examples: tuple[str, ...]


_STEP = re.compile(r"\s*(?:remind\s+([01]?\d|2[0-3]):([0-5]\d)|(call|hold)\s+day\s+(\d{1,2}))\s*")


def parse_step(text: str) -> Step:
    """Read ``remind 10:00``, ``call day 2`` or ``hold day 3``. Raises StepError."""
    found = _STEP.fullmatch(text)
    if not found or found[4] in {"0", "00"}:
        raise StepError(f'"{text}" is no rung; expected for example "remind 10:00", "call day 2" or "hold day 3"')
    if found[1]:
        return Step(Rung.REMIND, at=time(int(found[1]), int(found[2])))
    return Step(Rung(found[3]), day=int(found[4]))


def _windows(text: str) -> Windows:
    return Windows(parse_windows(text))


SCALARS: Mapping[type, Scalar] = {
    Moment: Scalar(parse_moment, "a moment", ("departure", "departure - 72 h", "arrival + 14 calendar days")),
    Span: Scalar(parse_span, "a length of time", ("72 h", "14 d", "2 calendar days")),
    Window: Scalar(parse_window, "a window", ("departure - 72 h .. departure",)),
    Windows: Scalar(_windows, "a window, or several joined by or", ("departure - 72 h .. departure", "arrival .. release")),
    Step: Scalar(parse_step, "a rung of the ladder", ("remind 10:00", "call day 2", "hold day 3")),
    Condition: Scalar(parse_condition, "a condition", ("mean(unlinked_cases, 7 d) > 5", "positives(flight) >= 5")),
}
