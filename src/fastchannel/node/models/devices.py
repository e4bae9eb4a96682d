"""Checkpoints' devices, what they told, and who was let through twice."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from fastchannel.node.identifiers import new_identifier
from fastchannel.node.models.accounts import Account
from fastchannel.node.models.journeys import Journey

THROUGH = ("admitted", "override")  # the kinds of entry by which somebody was let through
_THROUGH = Q(kind__in=THROUGH)


class Device(models.Model):
    """One checkpoint's device: it acts for the officer who made its code, at one place. ``spki`` is its public key."""

    id = models.CharField(max_length=26, primary_key=True, default=new_identifier, editable=False)
    name = models.CharField(max_length=64)
    officer = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="devices")
    place = models.CharField(max_length=8)
    gates = ArrayField(models.CharField(max_length=16))
    spki = models.BinaryField()
    enrolled = models.DateTimeField()
    synced = models.DateTimeField(null=True)
    unsent = models.PositiveIntegerField(null=True)
    app_version = models.CharField(max_length=32, blank=True)
    bundle = models.CharField(max_length=64, blank=True)
    bundle_at = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=128, blank=True)
    revoked_why = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-id"], name="device_list")]

    def __str__(self) -> str:
        return self.id


class EnrolmentCode(models.Model):
    """A code that enrols one device. Only its digest is stored."""

    digest = models.CharField(max_length=64, primary_key=True)
    officer = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=8)
    gates = ArrayField(models.CharField(max_length=16))
    created = models.DateTimeField()
    expires = models.DateTimeField()
    device = models.OneToOneField(Device, on_delete=models.PROTECT, null=True, related_name="code")

    def __str__(self) -> str:
        return self.digest[:8]


class EnrolmentFailure(models.Model):
    """A wrong code, by a digest of the address that it came from."""

    address = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["address", "at"], name="enrolment_failure_address")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class DeviceRequest(models.Model):
    """A signed request that came, for as long as it could come again."""

    digest = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest[:8]


class GateEntry(models.Model):
    """What a device did, once. ``outcome`` is ``recorded`` at the journey, ``kept``, or why it changed no journey."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="entries", db_index=False)
    nonce = models.CharField(max_length=64)
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    claimed = models.BigIntegerField()  # by the device's own clock, in ms since 1970
    received = models.DateTimeField()
    kind = models.CharField(max_length=16)
    verdict = models.CharField(max_length=8)
    reason = models.CharField(max_length=32)
    note = models.CharField(max_length=500, blank=True)
    gate = models.CharField(max_length=16)
    issuer = models.CharField(max_length=8, blank=True)
    pass_id = models.CharField(max_length=32, blank=True)
    document = models.CharField(max_length=32, blank=True)
    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, null=True, related_name="gate_entries", db_index=False)
    outcome = models.CharField(max_length=32)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["device", "nonce"], name="gate_entry_once")]
        indexes: ClassVar = [
            models.Index(fields=["device", "-id"], name="gate_entry_device"),
            models.Index(fields=["journey", "gate"], name="gate_entry_journey"),
            models.Index(fields=["pass_id", "gate"], name="gate_entry_pass", condition=_THROUGH & ~Q(pass_id="")),
            models.Index(fields=["document", "at"], name="gate_entry_document", condition=~Q(document="")),
        ]

    def __str__(self) -> str:
        return self.nonce


class GateDouble(models.Model):
    """Somebody was let through a gate twice. Whoever looked into it says what was found."""

    first = models.ForeignKey(GateEntry, on_delete=models.PROTECT, related_name="+")
    second = models.OneToOneField(GateEntry, on_delete=models.PROTECT, related_name="double")
    raised = models.DateTimeField()
    settled = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=128, blank=True)
    finding = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-id"], name="gate_double_open", condition=Q(settled__isnull=True))]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"
