"""Cases and their contacts: projections by which they are found, and the tasks that officers set."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fastchannel.node.identifiers import new_identifier


class Case(models.Model):
    """A traveller who was confirmed as a case: a projection of the journey."""

    journey = models.OneToOneField("node.Journey", on_delete=models.CASCADE, primary_key=True, related_name="case")
    number = models.CharField(max_length=64)
    confirmed = models.DateTimeField()
    state = models.CharField(max_length=16)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "-confirmed", "journey"], name="case_state"),
            models.Index(fields=["number"], name="case_number"),
        ]

    def __str__(self) -> str:
        return self.number


class Whereabout(models.Model):
    """One stay in a seat, a room or a vehicle: a projection of the journey, by which contacts are found."""

    journey = models.ForeignKey("node.Journey", on_delete=models.CASCADE, related_name="whereabouts", db_index=False)
    setting = models.CharField(max_length=16)
    place = models.CharField(max_length=128)
    unit = models.CharField(max_length=32, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["journey", "since"], name="whereabout_journey"),
            models.Index(fields=["setting", "place", "since"], name="whereabout_place", condition=~Q(place="")),
            models.Index(fields=["place", "unit"], name="whereabout_inside", condition=Q(setting="room", until__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.setting} {self.place}"


class NamedContact(models.Model):
    """A traveller who was named as a contact of a case, by its number: a projection of the journey."""

    journey = models.ForeignKey("node.Journey", on_delete=models.CASCADE, related_name="contact_of", db_index=False)
    case = models.CharField(max_length=64)
    named = models.DateTimeField()
    exposed = models.DateTimeField(null=True)
    event = models.CharField(max_length=64)
    cleared = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["journey", "case"], name="namedcontact_once")]
        indexes: ClassVar = [models.Index(fields=["case", "journey"], name="namedcontact_case")]

    def __str__(self) -> str:
        return f"{self.journey_id} {self.case}"


class CaseTask(models.Model):
    """Something to do about a contact of a case, or about the case itself."""

    id = models.CharField(max_length=26, primary_key=True, default=new_identifier, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    journey = models.ForeignKey("node.Journey", on_delete=models.CASCADE, related_name="case_tasks", db_index=False)
    kind = models.CharField(max_length=16)
    due = models.DateTimeField()
    owner = models.CharField(max_length=128, blank=True)
    made = models.DateTimeField()
    by = models.CharField(max_length=128)
    done = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=128, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "journey", "kind"], condition=Q(done__isnull=True), name="casetask_once"),
            models.CheckConstraint(condition=Q(kind__in=["call", "test", "quarantine"]), name="casetask_kind"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case", "due"], name="casetask_open", condition=Q(done__isnull=True)),
            models.Index(fields=["case", "id"], name="casetask_case"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due:%Y-%m-%d}"
