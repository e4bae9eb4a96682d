"""What one person does under the eyes of another: records opened by break-glass, and acts that two people must agree to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from fastchannel.node.identifiers import new_identifier


class BreakGlass(models.Model):
    """A journey opened beyond its reader's jurisdiction, with the reason. A trigger forbids UPDATE, DELETE and TRUNCATE."""

    id = models.CharField(max_length=26, primary_key=True, default=new_identifier, editable=False)
    journey = models.CharField(max_length=64)
    actor = models.CharField(max_length=128)
    role = models.CharField(max_length=16)
    party = models.CharField(max_length=2)
    reason = models.CharField(max_length=500)
    opened = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="break_glass_reason"),
            models.CheckConstraint(condition=Q(until__gt=F("opened")), name="break_glass_ends"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["actor", "journey", "-until"], name="break_glass_open"),
            models.Index(fields=["journey"], name="break_glass_journey"),
        ]

    def __str__(self) -> str:
        return self.id


class BreakGlassReview(models.Model):
    """What somebody else found about it afterwards. A trigger forbids UPDATE, DELETE and TRUNCATE."""

    opening = models.OneToOneField(BreakGlass, on_delete=models.PROTECT, primary_key=True, related_name="review")
    reviewer = models.CharField(max_length=128)
    role = models.CharField(max_length=16)
    justified = models.BooleanField()
    note = models.CharField(max_length=500)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.opening_id


class Proposal(models.Model):
    """An act that somebody proposed and that somebody else of the party must confirm before it is done."""

    id = models.CharField(max_length=26, primary_key=True, default=new_identifier, editable=False)
    kind = models.CharField(max_length=32)
    subject = models.CharField(max_length=128)  # the journey or the agreement
    digest = models.CharField(max_length=80)  # of ``body``: what is confirmed is what was proposed
    body = models.BinaryField()
    party = models.CharField(max_length=2)
    proposed_by = models.CharField(max_length=128)
    proposed = models.DateTimeField()
    expires = models.DateTimeField()
    settled = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=128, blank=True)
    done = models.BooleanField(default=False)  # confirmed, and not taken back

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "digest"], condition=Q(settled=None), name="proposal_open_once"),
            models.CheckConstraint(condition=Q(done=False) | ~Q(settled_by=F("proposed_by")), name="proposal_four_eyes"),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "subject"], condition=Q(settled=None), name="proposal_open")]

    def __str__(self) -> str:
        return self.id
