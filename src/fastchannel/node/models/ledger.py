"""The joint ledger of imports: its records as each party signed them. Nothing of it is changed; corrections are new records."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class LedgerRecord(models.Model):
    """One record: ours, or one that another party's node told. ``raw`` is the form of which ``digest`` was taken."""

    digest = models.CharField(max_length=80, primary_key=True)
    party = models.CharField(max_length=2)
    case = models.CharField(max_length=128, blank=True)  # of an entry
    journey = models.CharField(max_length=64, blank=True)
    recorded = models.DateTimeField()
    learned = models.DateTimeField()  # when it came to this node's disk
    raw = models.BinaryField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["recorded"], name="ledger_recorded")]

    def __str__(self) -> str:
        return self.digest


class JointDecision(models.Model):
    """A party's signature under a decision beyond the triggers. ``raw`` is the document of which ``digest`` was taken."""

    digest = models.CharField(max_length=80)
    party = models.CharField(max_length=2)
    agreement = models.CharField(max_length=64)
    raw = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["digest", "party"], name="joint_decision_once")]

    def __str__(self) -> str:
        return f"{self.digest} {self.party}"
