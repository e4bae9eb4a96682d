"""What a stop means for one journey: who has passed the moment that the text names completes it; others are held."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from fastchannel.agreement.text import Complete, Fate, TriggerText
from fastchannel.terms.moments import Anchor, Moment


class Passage(StrEnum):
    """What becomes of a journey when a stop begins."""

    COMPLETE = "complete"
    HOLD = "hold"


def past(trigger: TriggerText) -> Moment | None:
    """The moment past which journeys complete; None where all are stopped."""
    if isinstance(trigger.under_way, Complete):
        return trigger.under_way.complete
    return Moment(Anchor.DEPARTURE) if trigger.under_way is Fate.COMPLETE else None


def passage(trigger: TriggerText, passed: Mapping[Anchor, tuple[datetime, ZoneInfo]], begins: datetime) -> Passage:
    """What becomes of a journey whose anchors have happened at these instants, when a stop begins.

    Anchors that are only planned must not be given: what has not happened lets nobody through.
    """
    moment = past(trigger)
    anchored = passed.get(moment.anchor) if moment is not None else None
    if moment is None or anchored is None or anchored[0] > begins:
        return Passage.HOLD
    return Passage.COMPLETE if moment.at(*anchored) <= begins else Passage.HOLD
