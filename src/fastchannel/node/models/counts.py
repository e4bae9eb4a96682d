"""What is counted of journeys: kept as they are written, so that no page counts a million rows."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Course(models.Model):
    """What the watch counts of one journey that arrived, or of which a test told something: a projection of its events."""

    journey = models.OneToOneField("node.Journey", on_delete=models.PROTECT, primary_key=True, related_name="course")
    agreement = models.CharField(max_length=64)
    route = models.CharField(max_length=64)
    flight = models.CharField(max_length=32, blank=True)
    place = models.CharField(max_length=8)
    arrived = models.DateField(null=True)
    until = models.DateField(null=True)
    sampled = ArrayField(models.DateField(), default=list)
    reported = models.JSONField(default=list)  # [day, positive, step] of each test
    found = models.DateField(null=True)
    found_at = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["arrived", "agreement"], name="course_arrived"),
            models.Index(fields=["found", "found_at"], name="course_found", condition=Q(found__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.journey_id


class JourneyCount(models.Model):
    """How many journeys stand where, as rows to be added up: triggers write what a change adds or takes away."""

    stage = models.CharField(max_length=16)
    verdict = models.CharField(max_length=16)
    route = models.CharField(max_length=64)
    origin = models.CharField(max_length=8)
    destination = models.CharField(max_length=8)
    arrival_place = models.CharField(max_length=8)
    number = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.number:+} {self.stage} {self.route}"


class SponsorCount(models.Model):
    """How many journeys of one sponsor stand where, kept as `JourneyCount` is."""

    sponsor = models.CharField(max_length=128)
    stage = models.CharField(max_length=16)
    verdict = models.CharField(max_length=16)
    route = models.CharField(max_length=64)
    destination = models.CharField(max_length=8)
    number = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sponsor"], name="sponsorcount_sponsor")]

    def __str__(self) -> str:
        return f"{self.number:+} {self.sponsor} {self.stage}"


class Figure(models.Model):
    """The answer to a question that takes long, with the time at which it was found."""

    name = models.CharField(max_length=300, primary_key=True)
    at = models.DateTimeField()
    answer = models.BinaryField()

    def __str__(self) -> str:
        return self.name
