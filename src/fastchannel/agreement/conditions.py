"""The grammar in which triggers speak: figures compared with numbers, joined by ``and`` and ``or``. It cannot loop.

================================================  =====================================================
``mean(unlinked_cases, 7 d) > 5``                 the daily mean of the last seven days
``sum(imported_cases, 14 d) >= 1``                the total of the last fourteen days
``max(cases, 7 d) > 20``                          the highest day of the last seven
``positives(flight) >= 5``                        the count on one flight, on one day, in one week
``share(positives, flight) >= 4 %``               the count divided by all who were tested or travelled
``clean_weeks(flight) >= 3``                      calendar weeks running with flights and nobody positive
``expected_imports(14 d) > 0.5``                  what is forecast for the coming fourteen days
``… on the last day``                             at the end: looked at only on a suspension's last day
================================================  =====================================================

``and`` binds closer than ``or``; there are no brackets, so that a condition can be read aloud.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.moments import MomentError, Span, parse_span


class ConditionError(FastChannelError):
    """A text is not a condition."""


class Function(StrEnum):
    MEAN = "mean"  # of the daily figures in a span of days
    SUM = "sum"
    MAX = "max"
    COUNT = "count"  # written as the metric itself: positives(flight)
    SHARE = "share"


class Metric(StrEnum):
    CASES = "cases"  # confirmed in the population
    UNLINKED_CASES = "unlinked_cases"  # local cases with no known source
    LINKED_CASES = "linked_cases"  # local cases whose source is known
    IMPORTED_CASES = "imported_cases"  # confirmed in travellers, whichever way they came
    CHANNEL_IMPORTS = "channel_imports"  # confirmed in travellers of this agreement after their release
    POSITIVES = "positives"  # travellers of this agreement found positive on arrival or after
    SILENT = "silent"  # travellers under monitoring who missed their check-in
    CLEAN_WEEKS = "clean_weeks"  # calendar weeks running in which a line flew and nobody on it was found positive
    EXPECTED_IMPORTS = "expected_imports"  # forecast: infections that this channel lets through in the coming days


class Unit(StrEnum):
    FLIGHT = "flight"
    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure against one number; ``number`` is in per cent where ``percent`` says so."""

    function: Function
    metric: Metric
    over: Span | Unit
    operator: str
    number: Decimal
    percent: bool = False

    @property
    def limit(self) -> Decimal:
        """The number as a plain ratio or count."""
        return self.number / 100 if self.percent else self.number

    def holds(self, figure: Decimal | float) -> bool:
        """Whether the figure satisfies the comparison."""
        value = Decimal(str(figure))
        return {
            ">": value > self.limit,
            ">=": value >= self.limit,
            "<": value < self.limit,
            "<=": value <= self.limit,
        }[self.operator]

    def __str__(self) -> str:
        count = self.function is Function.COUNT
        figure = f"{self.metric}({self.over})" if count else f"{self.function}({self.metric}, {self.over})"
        return f"{figure} {self.operator} {self.number}{' %' if self.percent else ''}"


@dataclass(frozen=True, slots=True)
class Condition:
    """Alternatives, each of which is comparisons that must all hold."""

    any_of: tuple[tuple[Comparison, ...], ...]
    on_last_day: bool = False

    def __str__(self) -> str:
        words = " or ".join(" and ".join(str(item) for item in group) for group in self.any_of)
        return f"{words} on the last day" if self.on_last_day else words


MOST_CHARACTERS = 500
_COMPARISON = re.compile(r"([a-z_]+)\s*\(([a-z0-9_ ]+)(?:,([a-z0-9_ ]+))?\)\s*(>=|<=|>|<)\s*(\d{1,9}(?:\.\d{1,6})?)\s*(%?)")
_LAST_DAY = re.compile(r"\s+on the last day\s*$")


def parse_condition(text: str) -> Condition:
    """Read a condition. Raises ConditionError, which quotes the part that is not one."""
    if len(text) > MOST_CHARACTERS:
        raise ConditionError(f"a condition of {len(text)} characters; expected at most {MOST_CHARACTERS}")
    body, last_day = _LAST_DAY.subn("", text)
    groups = tuple(
        tuple(_comparison(part.strip()) for part in re.split(r"\s+and\s+", group)) for group in re.split(r"\s+or\s+", body)
    )
    return Condition(groups, bool(last_day))


def _comparison(text: str) -> Comparison:
    found = _COMPARISON.fullmatch(text)
    if not found:
        raise ConditionError(
            f'"{text}" is no comparison; expected for example "mean(unlinked_cases, 7 d) > 5", "positives(flight) >= 5"'
        )
    name, first, second = found[1], found[2].strip(), (found[3] or "").strip()
    function, metric = (Function.COUNT, name) if not second else (_function(name), first)
    over = _over(second or first, function)
    _written_alone(_metric(metric), function, over)
    return Comparison(function, _metric(metric), over, found[4], Decimal(found[5]), bool(found[6]))


def _written_alone(metric: Metric, function: Function, over: Span | Unit) -> None:
    """What is forecast looks ahead over days, and clean weeks are counted on a line: neither has a mean or a share."""
    if metric is Metric.EXPECTED_IMPORTS and (function is not Function.COUNT or isinstance(over, Unit)):
        raise ConditionError(f'"{metric}" is forecast for coming days; expected for example "{metric}(14 d) > 0.5"')
    if metric is Metric.CLEAN_WEEKS and (function is not Function.COUNT or over is not Unit.FLIGHT):
        raise ConditionError(f'"{metric}" is counted on a line; expected for example "{metric}(flight) >= 3"')


def _function(name: str) -> Function:
    if name not in (Function.MEAN, Function.SUM, Function.MAX, Function.SHARE):
        raise ConditionError(f'"{name}" is no function; expected mean, sum, max or share')
    return Function(name)


def _metric(name: str) -> Metric:
    try:
        return Metric(name)
    except ValueError:
        raise ConditionError(f'"{name}" is no figure; expected one of {", ".join(Metric)}') from None


def _over(text: str, function: Function) -> Span | Unit:
    if text in tuple(Unit):
        if function in (Function.MEAN, Function.MAX):
            raise ConditionError(f'"{function}" is taken over days; expected for example "7 d" and found "{text}"')
        return Unit(text)
    try:
        return parse_span(text)
    except MomentError as error:
        raise ConditionError(f'"{text}" is neither a length of time nor one of {", ".join(Unit)}') from error
