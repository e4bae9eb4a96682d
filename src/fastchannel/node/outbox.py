"""Reminders become messages in the transaction that records them, so that a message is waiting exactly if it is to go out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from fastchannel.casework.ports import Notice, Template
from fastchannel.node import models
from fastchannel.terms.events import Role


def enqueue(notices: Sequence[Notice]) -> None:
    """Put the travellers' reminders among these notices into the outbox, each rung of a day once."""
    found = [one for one in notices if one.kind == "reminder" and one.to == Role.TRAVELLER]
    if found:
        models.Message.objects.bulk_create(
            [
                models.Message(
                    journey_id=one.journey,
                    template=Template.REMIND.value,
                    measure=one.values["measure"],
                    day=date.fromisoformat(one.values["day"]),
                    rung=one.values["rung"],
                    made=one.at,
                )
                for one in found
            ],
            ignore_conflicts=True,
        )
