"""Recalls of wrong notices: what was taken back, why, and what became of each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from fastchannel.node.identifiers import new_identifier


class Recall(models.Model):
    """One recall. ``done`` entries are corrected or refused; a restart goes on with the rest."""

    id = models.CharField(max_length=26, primary_key=True, default=new_identifier, editable=False)
    actor = models.JSONField()  # as whom the corrections are written, as it was at the time
    account = models.CharField(max_length=128)
    kind = models.CharField(max_length=16)
    said_by = models.CharField(max_length=128, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    total = models.PositiveIntegerField()
    recalled = models.PositiveIntegerField(default=0)
    already = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    finished = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(total__gte=F("recalled") + F("already") + F("refused")), name="recall_counts_balance"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["id"], name="recall_unfinished", condition=Q(finished__isnull=True))]

    def __str__(self) -> str:
        return self.id

    @property
    def done(self) -> int:
        """How many entries are dealt with."""
        return self.recalled + self.already + self.refused


class RecallRow(models.Model):
    """One entry of a recall, and what became of it; empty: it waits."""

    recall = models.ForeignKey(Recall, on_delete=models.CASCADE, related_name="rows", db_index=False)
    journey = models.CharField(max_length=64)
    event = models.CharField(max_length=64)
    outcome = models.CharField(max_length=16, blank=True)
    said = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["recall", "event"], name="recallrow_once")]
        indexes: ClassVar = [models.Index(fields=["recall", "outcome", "id"], name="recallrow_outcome")]

    def __str__(self) -> str:
        return f"{self.recall_id} {self.event}"
