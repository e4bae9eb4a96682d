"""The exchange's lanes as they are on this node's disk: those that it writes, and those of others that it mirrors."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Lane(models.Model):
    """One lane, and the row that everything about it locks. ``peaks`` are the hashes of its frontier, one after the other.

    Of our own lanes ``progress`` says how far each peer has it, and ``signed`` for how many entries a checkpoint was signed;
    of a peer's, ``note`` is its checkpoint of all that is here, and ``applied`` how many entries are part of the record.
    """

    origin = models.CharField(max_length=120, primary_key=True)
    peer = models.CharField(max_length=2, blank=True)  # who writes it; empty: we do
    size = models.PositiveBigIntegerField(default=0)
    peaks = models.BinaryField(default=b"")
    note = models.BinaryField(default=b"")
    signed = models.PositiveBigIntegerField(default=0)
    goal = models.PositiveBigIntegerField(default=0)
    applied = models.PositiveBigIntegerField(default=0)
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


class LaneHeld(models.Model):
    """An entry of a peer that is no part of the record: ``fault`` says why, ``needs`` what it waits for."""

    lane = models.ForeignKey(Lane, on_delete=models.PROTECT, related_name="held", db_index=False)
    seq = models.PositiveBigIntegerField()
    entry = models.CharField(max_length=64)
    fault = models.CharField(max_length=16)
    said = models.CharField(max_length=500, blank=True)
    needs = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    settled = models.DateTimeField(null=True)  # when it became part of the record after all

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["lane", "seq"], name="lane_held_place")]
        indexes: ClassVar = [models.Index(fields=["needs"], name="lane_held_needs", condition=Q(settled__isnull=True))]

    def __str__(self) -> str:
        return f"{self.lane_id} {self.seq} {self.fault}"


class NoticeStep(models.Model):
    """That people of a party read or answered an urgent entry of another party's lane: ours of theirs, and theirs of ours."""

    entry = models.CharField(max_length=64)
    step = models.CharField(max_length=16)
    party = models.CharField(max_length=2)  # whose people
    at = models.DateTimeField()
    said = models.CharField(max_length=2000, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "step", "party"], name="notice_step_once")]

    def __str__(self) -> str:
        return f"{self.entry} {self.step}"


class PeerText(models.Model):
    """A version of an agreement that another party told it holds."""

    party = models.CharField(max_length=2)
    agreement = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=80)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["party", "digest"], name="peer_text_once")]

    def __str__(self) -> str:
        return f"{self.party} {self.agreement} {self.version}"


class PeerPasses(models.Model):
    """With what another party's passes are verified, as its node told it last."""

    party = models.CharField(max_length=2, primary_key=True)
    trusted = models.TextField()
    revoked = models.TextField()
    revision = models.PositiveIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.party
