"""How near today's figures are to what sets a trigger off: for each trigger, the subject that is nearest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from fastchannel.agreement.conditions import Comparison
from fastchannel.agreement.text import AgreementText, TriggerText, holds
from fastchannel.watch.triggers.evaluate import Finding, evaluate
from fastchannel.watch.triggers.figures import Figure, Known
from fastchannel.watch.triggers.subject import Subject

LATELY = timedelta(days=7)  # the flights whose counts are looked at, where a rule counts on one flight


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """One trigger today. ``figure`` is the one that is nearest to its ``limit``, and ``subject`` whose it is.

    ``share`` is how much of the way is gone: 1 at the limit, 0 where nothing was counted; of a rule that asks for less than a
    number, the other way round. It is None where the figure was not reported, or where nothing that the rule is about exists.
    """

    trigger: str
    clause: str
    subject: Subject | None
    figure: Figure | None
    limit: Decimal | None
    share: float | None


def nearness(text: AgreementText, known: Known, on: date) -> tuple[Nearness, ...]:
    """Every trigger that is watched on a day, in the text's order, on what was known that day."""
    findings = [*evaluate(text, known, on)]
    for flight in known.flights(on - LATELY, on, known=on):
        findings += evaluate(text, known, on, event=flight)
    return tuple(_nearest(trigger, findings) for trigger in text.trigger if holds(trigger.since, trigger.until, on))


def _nearest(trigger: TriggerText, findings: Iterable[Finding]) -> Nearness:
    found = [one for finding in findings if finding.trigger == trigger.id for one in _of(trigger, finding)]
    told = [one for one in found if one.share is not None]
    if told:
        return max(told, key=lambda one: one.share or 0.0)
    return next(
        iter(found),
        Nearness(trigger=trigger.id, clause=trigger.clause, subject=None, figure=None, limit=None, share=None),
    )


def _of(trigger: TriggerText, finding: Finding) -> Iterator[Nearness]:
    """A finding's figures. Where several must hold together, the one that is furthest says how near they are."""
    comparisons = {str(one): one for group in trigger.when.any_of for one in group}
    for group in trigger.when.any_of:
        wanted = {str(one) for one in group}
        ways = [
            Nearness(
                trigger=trigger.id,
                clause=trigger.clause,
                subject=finding.subject,
                figure=figure,
                limit=comparisons[figure.required].limit,
                share=_share(comparisons[figure.required], figure),
            )
            for figure in finding.figures
            if figure.required in wanted
        ]
        if ways:
            yield min(ways, key=lambda one: -1.0 if one.share is None else one.share)


def _share(comparison: Comparison, figure: Figure) -> float | None:
    value = figure.value if figure.value is not None else figure.at_least
    if value is None:
        return None
    if comparison.holds(value):
        return 1.0
    limit = comparison.limit
    if comparison.operator in (">", ">="):
        return min(1.0, float(value / limit)) if limit > 0 else 0.0
    return min(1.0, float(limit / value)) if value > 0 else 0.0
