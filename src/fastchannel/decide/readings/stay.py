"""Stay: where, from when, how long at least and at most, what ends it. A transfer is a stay in a vehicle."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from fastchannel.agreement.provisions import Stay
from fastchannel.decide.journey import utc
from fastchannel.decide.looking import Looking
from fastchannel.decide.standing import Obligation, Status
from fastchannel.terms.events import Role
from fastchannel.terms.moments import Anchor, Moment, Span

VEHICLE = "vehicle"
ENTERED = frozenset({"isolation", "quarantine"})  # places one is led into and let out of; other stays begin by themselves


def read_stay(look: Looking, measure: Stay) -> Status:
    """Read whether the stay has begun, how far it is, and whether it was kept."""
    start = look.instant(measure.start)
    zone = look.zone(measure.start.anchor)
    if measure.place == VEHICLE:
        return _transfer(look, measure, start, zone)
    begun = look.journey.entered.get(measure.id)
    if begun is None and measure.place not in ENTERED:
        begun = start if start is not None and start <= look.at else None
    least = _after(look, begun, measure.least, zone)
    most = _after(look, begun, measure.most, zone)
    look.watch_past(most)
    until = _until(look, measure)
    end = least if measure.until is None else until
    left = look.journey.left.get(measure.id)
    broken = _breaches(look, measure)
    if begun is None:
        status = Status.AHEAD if start is None or look.at < start else Status.DUE
    elif left is not None and end is not None and left < end and not look.waived(measure.id):
        look.reason(
            "stay.left-early",
            clause=measure.clause,
            effect=measure.otherwise,
            measure=measure.id,
            required={"until": end.isoformat()},
            found={"left": left.isoformat()},
        )
        status = Status.FAILED
    elif look.waived(measure.id) and not broken:
        status = Status.WAIVED
    elif broken:
        status = Status.FAILED
    elif (end is not None and look.at < end) or (end is None and measure.until is not None):
        status = Status.PENDING
    else:
        status = _ended(look, measure, left, most)
    look.obligations.append(
        Obligation(
            measure=measure.id,
            kind="stay",
            clause=measure.clause,
            who=Role.SITE if measure.place in ENTERED else Role.TRAVELLER,
            status=status,
            opens=begun if begun is not None else start,
            due=end,
            zone=zone.key,
            done=int(status in (Status.MET, Status.WAIVED)),
        )
    )
    return status


def _ended(look: Looking, measure: Stay, left: datetime | None, most: datetime | None) -> Status:
    """After the least time: over when all that ends the stay is met, and not to be prolonged silently past the most."""
    outstanding = [name for name in measure.ends if look.statuses.get(name) not in (Status.MET, Status.WAIVED)]
    if not outstanding:
        return Status.MET
    if most is not None and look.at > most and left is None:
        look.reason(
            "stay.over-most",
            clause=measure.clause,
            effect=measure.otherwise,
            measure=measure.id,
            required={"most": str(measure.most)},
            found={"outstanding": outstanding},
        )
    return Status.PENDING


def _transfer(look: Looking, measure: Stay, start: datetime | None, zone: ZoneInfo) -> Status:
    moved = look.journey.moved.get(measure.id)
    broken = _breaches(look, measure)
    if broken:
        status = Status.FAILED
    elif moved is not None:
        status = Status.MET
    elif look.waived(measure.id):
        status = Status.WAIVED
    else:
        status = Status.AHEAD if start is None or look.at < start else Status.DUE
    look.obligations.append(
        Obligation(
            measure=measure.id,
            kind="transfer",
            clause=measure.clause,
            who=Role.SPONSOR,
            status=status,
            opens=start,
            due=_until(look, measure),
            zone=zone.key,
            done=int(moved is not None),
        )
    )
    return status


def _breaches(look: Looking, measure: Stay) -> bool:
    broken = [event for event in look.journey.breaches if event.stay == measure.id and not look.waived(measure.id, event.at)]
    if broken:
        look.reason(
            "stay.breached",
            clause=measure.clause,
            effect=measure.otherwise,
            measure=measure.id,
            required={"allowed": list(measure.allowed)},
            found={"what": broken[-1].what, "times": len(broken)},
            evidence=tuple(event.id for event in broken),
        )
    return bool(broken)


def _until(look: Looking, measure: Stay) -> datetime | None:
    if measure.until is None:
        return None
    return look.instant(measure.until)


def _after(look: Looking, begun: datetime | None, span: Span | None, zone: ZoneInfo) -> datetime | None:
    """The instant a span after the stay began."""
    if begun is None or span is None:
        return None
    instant = Moment(Anchor.ENTRY, 1, span).at(utc(begun), zone)
    look.watch(instant)
    return instant
