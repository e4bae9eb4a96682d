"""Laboratories' messages, and what became of each result in them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from fastchannel.node.identifiers import new_identifier

STATES = ("recorded", "unmatched", "aside", "attached", "dismissed")


class LabMessage(models.Model):
    """One message as it was answered: a message that comes again is answered alike and records nothing."""

    id = models.CharField(max_length=26, primary_key=True, default=new_identifier, editable=False)
    laboratory = models.CharField(max_length=128)
    control = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    form = models.CharField(max_length=8)
    by = models.CharField(max_length=128)
    received = models.DateTimeField()
    total = models.PositiveIntegerField()
    recorded = models.PositiveIntegerField(default=0)
    unmatched = models.PositiveIntegerField(default=0)
    aside = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["laboratory", "control"], name="labmessage_once"),
            models.CheckConstraint(
                condition=Q(total=F("recorded") + F("unmatched") + F("aside")), name="labmessage_counts_balance"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["laboratory", "-id"], name="labmessage_laboratory")]

    def __str__(self) -> str:
        return self.control


class LabReport(models.Model):
    """One result. Who it is of is kept only while nobody knows to which sample it belongs."""

    message = models.ForeignKey(LabMessage, on_delete=models.CASCADE, related_name="reports", db_index=False)
    number = models.PositiveIntegerField()
    laboratory = models.CharField(max_length=128)
    state = models.CharField(max_length=16)
    fault = models.CharField(max_length=24, blank=True)
    said = models.CharField(max_length=300, blank=True)
    sample = models.CharField(max_length=64, blank=True)
    body = models.BinaryField()  # the report as it was read; empty once it is settled
    journey = models.CharField(max_length=64, blank=True)
    event = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    settled_by = models.CharField(max_length=128, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "number"], name="labreport_once"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="labreport_state"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["laboratory", "id"], name="labreport_tray", condition=Q(state="unmatched")),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.number}"
