"""The node's own records: who touched what, answers under idempotency keys, agreements in force, the workers' pulse."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class AccessLog(models.Model):
    """One touch of one or more records. A trigger forbids UPDATE, DELETE and TRUNCATE."""

    seq = models.BigAutoField(primary_key=True)
    actor = models.CharField(max_length=128)
    role = models.CharField(max_length=16)
    party = models.CharField(max_length=2, blank=True)
    at = models.DateTimeField()
    purpose = models.CharField(max_length=16)
    why = models.CharField(max_length=200)
    journeys = ArrayField(models.CharField(max_length=64))

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["journeys"], name="access_journeys"),
            models.Index(fields=["actor", "-seq"], name="access_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.purpose}"


class IdempotencyKey(models.Model):
    """The answer that was given to a write, kept under the writer's key."""

    actor = models.CharField(max_length=128)
    key = models.CharField(max_length=200)
    content = models.CharField(max_length=64)
    answer = models.BinaryField()
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["actor", "key"], name="idempotency_once")]
        indexes: ClassVar = [models.Index(fields=["created"], name="idempotency_created")]

    def __str__(self) -> str:
        return self.key


class AgreementText(models.Model):
    """One version of an agreement as this node holds it."""

    agreement = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=80)
    text = models.TextField()
    adopted = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement", "version"], name="agreement_version_once"),
            models.UniqueConstraint(fields=["digest"], name="agreement_digest_once"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} {self.version}"


class Heartbeat(models.Model):
    """When a part of the node was last seen at work, by the host's time."""

    part = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.part
