"""How far a journey is, step by step, for whoever sees its status and not the traveller's health.

A step gathers the obligations of one part of the way. What a laboratory found or a traveller reported shows as one thing
only, that an officer looks at it: whether it was a finding, a symptom or a spoiled sample is not told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.text import LaboratoryTestText, RouteText
from fastchannel.decide.stages import AFTER_DEPARTURE, Stage
from fastchannel.decide.standing import Obligation, Standing, Status
from fastchannel.terms.events import Role
from fastchannel.terms.moments import Anchor


class Step(StrEnum):
    """The parts of the way, in its order."""

    APPLICATION = "application"
    PAPERS = "papers"
    CHECK_INS = "check-ins"
    TEST = "test"
    CROSSING = "crossing"
    STAY = "stay"
    FOLLOW_UP = "follow-up"


class Mark(StrEnum):
    """How a step stands, the worst first."""

    REFUSED = "refused"
    OVERDUE = "overdue"  # asked for, its time is over, and it can still come
    MISSING = "missing"  # its time is over without it
    OFFICER = "officer"  # an officer looks at what came in
    DUE = "due"
    WAITING = "waiting"  # it was done, or somebody else must act
    AHEAD = "ahead"
    DONE = "done"
    NONE = "none"  # nothing of the kind is asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One step of one journey; of what is counted, ``done`` of ``needed``."""

    step: Step
    mark: Mark
    done: int = 0
    needed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing that somebody on the sponsor's side has still to bring, with its deadline."""

    measure: str
    kind: str
    who: str
    mark: Mark
    due: datetime | None
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A journey's row in the roster."""

    cells: tuple[Cell, ...]
    missing: tuple[Missing, ...]


_BEFORE = frozenset({Anchor.APPLICATION, Anchor.APPROVAL, Anchor.DEPARTURE, Anchor.BOARDING})
_KINDS: Mapping[str, Step] = {
    "duties": Step.APPLICATION, "review": Step.APPLICATION, "quota": Step.APPLICATION, "document": Step.PAPERS,
    "monitor": Step.CHECK_INS, "follow-up": Step.FOLLOW_UP, "stay": Step.STAY, "transfer": Step.STAY,
}  # fmt: skip
_HEALTH = frozenset({"test", "monitor", "follow-up"})
_NOBODYS = frozenset({"remind", "call"})  # the node's and the officers' own work
_RANK = {mark: rank for rank, mark in enumerate(Mark)}
_OURS = frozenset({Role.SPONSOR.value, Role.TRAVELLER.value})
_WANTED = frozenset({Mark.OVERDUE, Mark.MISSING, Mark.DUE})


def progress(standing: Standing, text: Agreement, now: datetime) -> Progress:
    """The steps of a journey and what is missing, what is missed first and then by deadline."""
    after = _after(text.text.route.get(standing.route))
    marked = [(item, _step(item, after), mark_of(item, now)) for item in standing.obligations if item.kind not in _NOBODYS]
    found = {step: [(item, mark) for item, at, mark in marked if at is step] for step in Step}
    cells = tuple(_cell(step, found[step], Stage(standing.stage)) for step in Step)
    missing = [
        Missing(measure=item.measure, kind=item.kind, who=item.who, mark=mark, due=item.due, zone=item.zone)
        for item, _, mark in marked
        if mark in _WANTED and item.who in _OURS
    ]
    return Progress(cells=cells, missing=tuple(sorted(missing, key=_urgency)))


def mark_of(item: Obligation, now: datetime) -> Mark:
    """How an obligation stands to whoever does not see health: what failed of it is an officer's to look at."""
    match item.status:
        case Status.MET | Status.WAIVED:
            return Mark.DONE
        case Status.AHEAD:
            return Mark.AHEAD
        case Status.PENDING:
            return Mark.WAITING
        case Status.MISSED:
            return Mark.MISSING
        case Status.FAILED:
            return Mark.OFFICER if item.kind in _HEALTH else Mark.MISSING
        case Status.DUE:
            if item.due is not None and item.due < now:
                return Mark.OVERDUE
            return Mark.DUE if item.who in _OURS else Mark.WAITING


def _after(route: RouteText | None) -> frozenset[str]:
    """The tests that are taken after the crossing."""
    return frozenset(
        measure.id
        for measure in (route.measure if route is not None else ())
        if isinstance(measure, LaboratoryTestText)
        and not any(window.start.anchor in _BEFORE for dated in measure.sampled.values for window in dated.is_.any_of)
    )


def _step(item: Obligation, after: frozenset[str]) -> Step:
    if item.kind == "test":
        return Step.STAY if item.measure in after else Step.TEST
    return _KINDS.get(item.kind, Step.PAPERS)


def _cell(step: Step, items: Iterable[tuple[Obligation, Mark]], stage: Stage) -> Cell:
    held = list(items)
    done, needed = sum(item.done for item, _ in held), sum(item.needed for item, _ in held)
    if step is Step.APPLICATION:
        mark = _application(stage, [mark for _, mark in held])
    elif stage in (Stage.REFUSED, Stage.WITHDRAWN):
        mark = Mark.NONE
    elif step is Step.CROSSING:
        mark = _crossing(stage)
    else:
        marks = [mark for _, mark in held]
        mark = min(marks, key=_RANK.__getitem__, default=Mark.NONE)
        if mark is Mark.AHEAD and Mark.DONE in marks:
            mark = Mark.WAITING  # under way
    counted = step in (Step.CHECK_INS, Step.PAPERS, Step.FOLLOW_UP) and needed > 1 and mark is not Mark.NONE
    return Cell(step=step, mark=mark, done=done if counted else 0, needed=needed if counted else 0)


def _application(stage: Stage, marks: list[Mark]) -> Mark:
    if stage is Stage.REFUSED:
        return Mark.REFUSED
    if stage is Stage.WITHDRAWN:
        return Mark.NONE
    if stage is Stage.RETURNED:
        return Mark.OVERDUE if Mark.OVERDUE in marks else Mark.DUE
    return min(marks, key=_RANK.__getitem__, default=Mark.DONE)


def _crossing(stage: Stage) -> Mark:
    if stage is Stage.TRAVELLING:
        return Mark.WAITING
    return Mark.DONE if stage in AFTER_DEPARTURE or stage is Stage.COMPLETED else Mark.AHEAD


def _urgency(item: Missing) -> tuple[int, float, str]:
    return _RANK[item.mark], item.due.timestamp() if item.due else float("inf"), item.measure
