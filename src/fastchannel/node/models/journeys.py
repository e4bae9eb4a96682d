"""Journeys: the events, who the traveller is, and the projections that queues and dashboards read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from fastchannel.casework import clearance

PLACES = ["origin", "destination", "arrival_place"]
UNDECIDED = [stage.value for stage in clearance.UNDECIDED]
OPEN = ["due", "pending"]  # a deadline's states in which its time may pass
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
SOONEST = Coalesce("next_due", Value(NEVER, output_field=models.DateTimeField()))  # a journey with no deadline comes last


class Journey(models.Model):
    """One journey as it stands: a projection of its events, and the row that a write locks."""

    id = models.CharField(max_length=64, primary_key=True)
    agreement = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=80)
    route = models.CharField(max_length=64)
    purpose = models.CharField(max_length=64)
    sponsor = models.CharField(max_length=128)
    origin = models.CharField(max_length=8)
    destination = models.CharField(max_length=8)
    arrival_place = models.CharField(max_length=8)
    flight = models.CharField(max_length=32, blank=True)
    departure = models.DateTimeField()
    stage = models.CharField(max_length=16)
    verdict = models.CharField(max_length=16)
    gate = models.CharField(max_length=16, blank=True)
    applied = models.DateTimeField()
    next_due = models.DateTimeField(null=True)
    next_who = models.CharField(max_length=16, blank=True)
    wake = models.DateTimeField(null=True)
    settled = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()
    needed = models.PositiveIntegerField()
    decided = models.DateTimeField()
    standing = models.BinaryField()
    revision = models.PositiveIntegerField(default=0)  # counts the events
    told = models.BooleanField(default=False)  # another party's node keeps it
    ended = models.DateTimeField(null=True)
    erased = models.DateTimeField(null=True)  # when the person was erased

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["departure", "id"], name="journey_departure"),
            models.Index(fields=["stage", "departure", "id"], name="journey_stage"),
            models.Index(fields=["verdict", "departure", "id"], name="journey_verdict"),
            models.Index(fields=["stage", "verdict", "destination"], name="journey_counts"),
            models.Index(fields=["sponsor", "-id"], name="journey_sponsor"),
            models.Index(fields=["flight", "departure"], name="journey_flight"),
            models.Index(F("sponsor"), F("failed").desc(), SOONEST, F("id"), name="journey_roster"),
            models.Index(fields=["destination", "stage", "departure", "id"], name="journey_place"),
            models.Index(
                fields=["departure"], name="journey_undecided", condition=Q(stage__in=UNDECIDED), include=["sponsor", *PLACES]
            ),
            models.Index(fields=["wake"], name="journey_wake", condition=Q(wake__isnull=False)),
            models.Index(fields=["ended"], name="journey_retention", condition=Q(ended__isnull=False, erased__isnull=True)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(needed__gte=F("settled") + F("failed")), name="journey_obligations_balance"),
        ]

    def __str__(self) -> str:
        return self.id


class Event(models.Model):
    """One event, its JSON form byte for byte as it was written. A trigger forbids UPDATE, DELETE and TRUNCATE."""

    seq = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=64, unique=True)
    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="events", db_index=False)
    kind = models.CharField(max_length=16)
    at = models.DateTimeField()
    recorded = models.DateTimeField()
    learned = models.DateTimeField(null=True)  # when another party's node told it; of our own: when it was recorded
    by = models.CharField(max_length=128, blank=True)
    role = models.CharField(max_length=16)
    reference = models.TextField(blank=True, default="")  # of a document: its kind and number, by which it is found again
    body = models.BinaryField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["journey", "seq"], name="event_journey"),
            models.Index(fields=["kind", "at"], name="event_kind"),
            models.Index(fields=["reference"], name="event_reference", condition=~Q(reference="")),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class Person(models.Model):
    """Who a journey's traveller is. Erased on schedule, while the events stay."""

    journey = models.OneToOneField(Journey, on_delete=models.PROTECT, primary_key=True, related_name="person")
    name = models.CharField(max_length=200)
    passport = models.CharField(max_length=32)
    birth_date = models.DateField(null=True)
    nationality = models.CharField(max_length=2, blank=True)
    email = models.CharField(max_length=254, blank=True)
    telephone = models.CharField(max_length=32, blank=True)
    language = models.CharField(max_length=8, default="en")
    duplicate_key = models.CharField(max_length=160)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["duplicate_key"], name="person_duplicate"),
            models.Index(fields=["passport"], name="person_passport"),
            GinIndex(SearchVector("name", config="simple"), name="person_words"),
        ]

    def __str__(self) -> str:
        return self.journey_id


class Deadline(models.Model):
    """One open obligation of a journey, for the lists of what is due.

    Its sponsor and places are those of the journey, so that it is filtered and counted by one table.
    """

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="deadlines", db_index=False)
    sponsor = models.CharField(max_length=128)
    origin = models.CharField(max_length=8)
    destination = models.CharField(max_length=8)
    arrival_place = models.CharField(max_length=8)
    measure = models.CharField(max_length=64)
    kind = models.CharField(max_length=32)
    who = models.CharField(max_length=16)
    status = models.CharField(max_length=16)
    clause = models.CharField(max_length=32, blank=True)
    opens = models.DateTimeField(null=True)
    due = models.DateTimeField()
    zone = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["journey"], name="deadline_journey"),
            models.Index(fields=["who", "due", "id"], name="deadline_who", condition=Q(status__in=OPEN)),
            models.Index(fields=["sponsor", "due"], name="deadline_sponsor", condition=Q(status__in=OPEN)),
            models.Index(
                fields=["due"],
                name="deadline_due",
                condition=Q(status__in=OPEN),
                include=["origin", "destination", "arrival_place"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.due:%Y-%m-%d}"


class Notice(models.Model):
    """Something to tell somebody; who sends it marks it as sent."""

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="notices", db_index=False)
    to = models.CharField(max_length=16)
    kind = models.CharField(max_length=32)
    at = models.DateTimeField()
    values = models.JSONField(default=dict)
    sent = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["journey", "-id"], name="notice_journey"),
            models.Index(fields=["to", "-id"], name="notice_to"),
            models.Index(fields=["id"], name="notice_unsent", condition=Q(sent__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"
