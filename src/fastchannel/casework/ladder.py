"""What the node sends by itself: reminders by the agreement's ladder, and notices when a journey's standing changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from fastchannel.casework.ports import Held, Notice, Stamp
from fastchannel.decide.standing import Standing, Status
from fastchannel.terms.events import Corrected, Event, Reminded, Role


def reminders(standing: Standing, stamp: Callable[[], Stamp]) -> tuple[Reminded, ...]:
    """The reminders that are due and have not gone out."""
    return tuple(
        Reminded(**stamp(), day=item.opens.astimezone(ZoneInfo(item.zone)).date(), measure=item.measure, rung=rung)
        for item in standing.obligations
        if item.kind == "remind" and item.status is Status.DUE and item.opens is not None
        for rung in item.evidence[:1]
    )


def notices(before: Held, standing: Standing, added: tuple[Event, ...], now: datetime) -> tuple[Notice, ...]:
    """Whom to tell what: reminders go to the traveller, changes to those whom they concern."""
    told = [
        Notice(
            journey=standing.journey,
            to=Role.TRAVELLER,
            kind="reminder",
            at=now,
            values={"day": reminder.day.isoformat(), "measure": reminder.measure, "rung": reminder.rung},
        )
        for reminder in added
        if isinstance(reminder, Reminded)
    ]
    told += [
        # What was taken back: the traveller reads why, the sponsor learns that it was, never of what.
        Notice(
            journey=standing.journey,
            to=role,
            kind="recalled",
            at=now,
            values={"event": wrong.corrects} | ({"reason": wrong.reason} if role is Role.TRAVELLER else {}),
        )
        for wrong in added
        if isinstance(wrong, Corrected) and wrong.replacement is None
        for role in (Role.TRAVELLER, Role.SPONSOR)
    ]
    if before.subject.stage != standing.stage:
        told += [
            Notice(journey=standing.journey, to=role, kind="stage", at=now, values={"stage": standing.stage})
            for role in (Role.SPONSOR, Role.TRAVELLER)
        ]
    if before.verdict != standing.verdict:
        codes = ",".join(sorted({reason.code for reason in standing.reasons if reason.effect == standing.verdict}))
        told += [
            Notice(
                journey=standing.journey,
                to=role,
                kind=f"verdict-{standing.verdict.value}",
                at=now,
                # A sponsor learns that the traveller is held, never of which symptom.
                values={"gate": standing.gate} | ({} if role is Role.SPONSOR else {"codes": codes}),
            )
            for role in (Role.SPONSOR, Role.TRAVELLER, Role.MONITOR)
        ]
    return tuple(told)
