"""Roster imports: the file as it was uploaded, how far it is, and what became of each row."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from fastchannel.node.identifiers import new_identifier


class Import(models.Model):
    """One uploaded roster. ``done`` rows are committed; a restart goes on from there."""

    id = models.CharField(max_length=26, primary_key=True, default=new_identifier, editable=False)
    account = models.CharField(max_length=128)
    actor = models.JSONField()  # as whom the rows are written, as it was at the upload
    organisation = models.CharField(max_length=128)
    agreement = models.CharField(max_length=64)
    filename = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    file = models.BinaryField()
    duties = models.JSONField(null=True)
    received = models.DateTimeField()
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    duplicate = models.PositiveIntegerField(default=0)
    finished = models.DateTimeField(null=True)
    failure = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(done=F("accepted") + F("rejected") + F("duplicate")), name="import_counts_balance"
            ),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="import_done_within_total"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-id"], name="import_organisation"),
            models.Index(fields=["id"], name="import_unfinished", condition=Q(finished__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.id


class ImportRow(models.Model):
    """What became of one row. ``problems`` is a list of {column, found, expected, code}."""

    roster = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows", db_index=False)
    row = models.PositiveIntegerField()  # as the sender counts: the first row below the header is 1
    line = models.PositiveIntegerField()  # in the file
    outcome = models.CharField(max_length=16)
    journey = models.CharField(max_length=64, blank=True)
    problems = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["roster", "row"], name="importrow_once"),
            models.CheckConstraint(condition=Q(outcome__in=["accepted", "rejected", "duplicate"]), name="importrow_outcome"),
        ]
        indexes: ClassVar = [models.Index(fields=["roster", "outcome", "row"], name="importrow_outcome_idx")]

    def __str__(self) -> str:
        return f"{self.roster_id}:{self.row}"
