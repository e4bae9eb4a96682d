"""Passes that this node issued."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fastchannel.node.models.journeys import Journey


class Pass(models.Model):
    """One pass. ``text`` is what its code says: emptied when the person is erased, for it holds a hash of the passport."""

    id = models.CharField(max_length=32, primary_key=True)
    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="passes", db_index=False)
    gate = models.CharField(max_length=16)
    verdict = models.CharField(max_length=16)
    issued = models.DateTimeField()
    expires = models.DateTimeField()
    text = models.TextField(blank=True)
    by = models.CharField(max_length=128)
    revoked = models.DateTimeField(null=True)
    withdrawn = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["journey", "-issued"], name="pass_journey"),
            models.Index(fields=["journey"], name="pass_live", condition=Q(revoked__isnull=True)),
            models.Index(fields=["expires"], name="pass_revoked", condition=Q(revoked__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.id
