"""The rooms of quarantine sites. Who is in them is told by the projection of whereabouts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Room(models.Model):
    """One room of a site; ``order`` is what it is sorted by. ``closed`` is since when nobody is put into it."""

    site = models.CharField(max_length=128)
    name = models.CharField(max_length=32)
    order = models.CharField(max_length=200)
    beds = models.PositiveSmallIntegerField()
    closed = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=200, blank=True)
    closed_by = models.CharField(max_length=128, blank=True)
    made = models.DateTimeField()
    by = models.CharField(max_length=128)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "name"], name="room_once"),
            models.CheckConstraint(condition=Q(beds__gte=1), name="room_beds"),
        ]
        indexes: ClassVar = [models.Index(fields=["site", "order", "id"], name="room_order")]

    def __str__(self) -> str:
        return f"{self.site} {self.name}"
