"""Following travellers: who is asked for check-ins, who looks after whom, what was said in calls, and what was sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fastchannel.node.identifiers import new_identifier


class Followed(models.Model):
    """A traveller whose check-ins go on: a projection of the journey, for the monitors' grid (see `casework.monitoring`).

    Its places are those of the journey, so that the grid is filtered by one table.
    """

    journey = models.OneToOneField("node.Journey", on_delete=models.CASCADE, primary_key=True, related_name="followed")
    origin = models.CharField(max_length=8)
    destination = models.CharField(max_length=8)
    arrival_place = models.CharField(max_length=8)
    measure = models.CharField(max_length=64)
    zone = models.CharField(max_length=64)
    first = models.DateField()
    stop = models.DateField()
    day = models.DateField()
    answers = models.CharField(max_length=62)
    silent = models.PositiveSmallIntegerField()
    rung = models.CharField(max_length=16, blank=True)
    call_due = models.BooleanField()
    symptoms = models.BooleanField()
    owner = models.CharField(max_length=128, blank=True)  # as its `Assignment` says; empty where nobody looks after them

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["owner", "-silent", "journey"], name="followed_owner"),
            models.Index(fields=["-silent", "journey"], name="followed_silent"),
            models.Index(fields=["-silent", "journey"], name="followed_calls", condition=Q(call_due=True)),
        ]

    def __str__(self) -> str:
        return self.journey_id


class FollowedCount(models.Model):
    """How many travellers are followed where and by whom, as rows to be added up, kept as `JourneyCount` is."""

    origin = models.CharField(max_length=8)
    destination = models.CharField(max_length=8)
    arrival_place = models.CharField(max_length=8)
    owner = models.CharField(max_length=128, blank=True)
    silent = models.BooleanField()
    call_due = models.BooleanField()
    number = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.number:+} {self.destination} {self.owner}"


class Assignment(models.Model):
    """Which officer looks after a traveller. How it came about is in the access log."""

    journey = models.OneToOneField("node.Journey", on_delete=models.CASCADE, primary_key=True, related_name="assignment")
    owner = models.CharField(max_length=128)
    since = models.DateTimeField()
    by = models.CharField(max_length=128)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["owner", "journey"], name="assignment_owner")]

    def __str__(self) -> str:
        return f"{self.journey_id} {self.owner}"


class CallNote(models.Model):
    """What the event of a call or a visit does not say: how it went, in which language, a note, and what comes next."""

    event = models.CharField(max_length=64, unique=True)
    journey = models.ForeignKey("node.Journey", on_delete=models.PROTECT, related_name="calls", db_index=False)
    at = models.DateTimeField()
    by = models.CharField(max_length=128)
    way = models.CharField(max_length=8)  # call or visit
    outcome = models.CharField(max_length=16)
    language = models.CharField(max_length=8, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    next_step = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["journey", "-at"], name="callnote_journey"),
            models.Index(fields=["by", "-at"], name="callnote_by"),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.outcome}"


class Message(models.Model):
    """A message to a traveller, once for each rung of a day. It holds no address, no name and no text."""

    id = models.CharField(max_length=26, primary_key=True, default=new_identifier, editable=False)
    journey = models.ForeignKey("node.Journey", on_delete=models.PROTECT, related_name="messages", db_index=False)
    template = models.CharField(max_length=16)
    measure = models.CharField(max_length=64)
    day = models.DateField()
    rung = models.CharField(max_length=16)
    made = models.DateTimeField()  # by the node's clock
    state = models.CharField(max_length=8, default="waiting")
    channel = models.CharField(max_length=8, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    begun = models.DateTimeField(null=True)  # by the host's clock: when the last try began
    ended = models.DateTimeField(null=True)  # by the node's clock
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["journey", "measure", "day", "rung"], name="message_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sending", "sent", "failed", "needless"]), name="message_state"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="message_open", condition=Q(state__in=["waiting", "sending"])),
            models.Index(fields=["journey", "-id"], name="message_journey"),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.rung} {self.state}"
