"""The exchange's lanes as they are on this node's disk: those that it writes, and those of others that it mirrors."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Lane(models.Model):
    """One lane, and the row that everything about it locks. ``peaks`` are the hashes of its frontier, one after the other.

    Of our own lanes ``progress`` says how far each peer has it, and ``signed`` for how many entries a checkpoint was signed;
    of a peer's, ``note`` is its checkpoint of all that is here.
    """

    origin = models.CharField(max_length=120, primary_key=True)
    peer = models.CharField(max_length=2, blank=True)  # who writes it; empty: we do
    size = models.PositiveBigIntegerField(default=0)
    peaks = models.BinaryField(default=b"")
    note = models.BinaryField(default=b"")
    signed = models.PositiveBigIntegerField(default=0)
    goal = models.PositiveBigIntegerField(default=0)
    stopped = models.CharField(max_length=16, blank=True)
    progress = models.BinaryField(default=b"")

    def __str__(self) -> str:
        return self.origin


class LaneEntry(models.Model):
    """One entry: the leaf as it was written, and its sealed body until that is erased."""

    lane = models.ForeignKey(Lane, on_delete=models.PROTECT, related_name="entries", db_index=False)
    seq = models.PositiveBigIntegerField()
    entry = models.CharField(max_length=64)  # the header's identifier
    leaf = models.BinaryField()
    sealed = models.BinaryField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lane", "seq"], name="lane_entry_place"),
            models.UniqueConstraint(fields=["lane", "entry"], name="lane_entry_once"),
        ]

    def __str__(self) -> str:
        return f"{self.lane_id} {self.seq}"


class LaneNote(models.Model):
    """A checkpoint that was kept: of our lanes one that we signed, with the cosignatures that came; of others' the owner's."""

    lane = models.ForeignKey(Lane, on_delete=models.PROTECT, related_name="notes", db_index=False)
    size = models.PositiveBigIntegerField()
    note = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["lane", "size"], name="lane_note_size")]

    def __str__(self) -> str:
        return f"{self.lane_id} at {self.size}"


class LaneWaiting(models.Model):
    """What is to be sent once a lane of ours takes entries again: appended then, each once."""

    lane = models.ForeignKey(Lane, on_delete=models.PROTECT, related_name="waiting", db_index=False)
    entry = models.CharField(max_length=64)
    draft = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["lane", "entry"], name="lane_waiting_once")]

    def __str__(self) -> str:
        return f"{self.lane_id} {self.entry}"


class LaneAlarm(models.Model):
    """What people must know of a lane: ``seen`` says when somebody did."""

    lane = models.CharField(max_length=200)
    peer = models.CharField(max_length=2, blank=True)
    kind = models.CharField(max_length=16)
    said = models.TextField(blank=True)
    at = models.DateTimeField()
    seen = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-at"], name="lane_alarm_open", condition=Q(seen__isnull=True))]

    def __str__(self) -> str:
        return f"{self.kind} {self.lane}"
