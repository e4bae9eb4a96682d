"""Each rule beside the evidence that it rests on, what is missing first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fastchannel.casework.clearance import OF_THE_REVIEW
from fastchannel.decide.standing import Reason
from fastchannel.web.details import ObligationLine, ReasonLine
from fastchannel.web.record import ORDER, Record
from fastchannel.web.timeline import EventLine

_QUIET = frozenset({"remind", "call"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One rule with how it stands, why, and the entries that it was read from."""

    title: str
    clause: str
    obligation: ObligationLine | None
    reasons: tuple[ReasonLine, ...]
    evidence: tuple[EventLine, ...]
    tone: str


def pairs(record: Record) -> list[Pair]:
    """The rules of a journey, what is missed or fails first; the review itself is what the page is for."""
    lines = {line.id: line for line in record.event_lines}
    reasons = [reason for reason in record.standing.reasons if reason.code not in OF_THE_REVIEW]
    found: list[tuple[int, Pair]] = []
    told: set[str] = set()
    for item in record.standing.obligations:
        if item.kind in _QUIET or item.kind == "review":
            continue
        mine = [reason for reason in reasons if reason.measure == item.measure]
        told.add(item.measure)
        shown = record.reader.obligation(item)
        rests_on = [*item.evidence, *(event for reason in mine for event in reason.evidence)]
        rank = ORDER.get(item.status.value, 0) if not mine else -1
        found.append((rank, _pair(record, shown.title, item.clause, shown, mine, _evidence(rests_on, lines))))
    for name in dict.fromkeys(reason.measure for reason in reasons if reason.measure not in told):
        mine = [reason for reason in reasons if reason.measure == name]
        rests_on = [event for reason in mine for event in reason.evidence]
        title = record.reader.measure(name) if name else record.agreement_title
        found.append((-2, _pair(record, title, mine[0].clause, None, mine, _evidence(rests_on, lines))))
    return [pair for _, pair in sorted(found, key=lambda one: one[0])]


def others(record: Record, shown: Iterable[Pair], kinds: Iterable[str]) -> list[EventLine]:
    """The entries of these kinds that stand beside no rule."""
    named = {line.id for pair in shown for line in pair.evidence}
    wanted = frozenset(kinds)
    return [line for line in record.event_lines if line.kind in wanted and line.id not in named]


def _pair(
    record: Record,
    title: str,
    clause: str,
    obligation: ObligationLine | None,
    reasons: list[Reason],
    evidence: tuple[EventLine, ...],
) -> Pair:
    lines = tuple(dict.fromkeys(record.reader.reason(reason) for reason in reasons))
    tone = "stop" if lines and lines[0].effect == "refuse" else "hold" if lines and lines[0].effect == "hold" else ""
    if not tone:
        tone = obligation.badge.tone if obligation is not None else "wait"
    return Pair(title=title, clause=clause, obligation=obligation, reasons=lines, evidence=evidence, tone=tone)


def _evidence(identifiers: Iterable[str], lines: dict[str, EventLine]) -> tuple[EventLine, ...]:
    return tuple(lines[one] for one in dict.fromkeys(identifiers) if one in lines)
