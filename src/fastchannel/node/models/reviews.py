"""Who has an application open, so that two officers do not decide on it side by side."""

from __future__ import annotations

from django.db import models


class ReviewClaim(models.Model):
    """The officer who opened an application last, until when it counts. It shuts nobody out."""

    journey = models.CharField(max_length=64, primary_key=True)
    actor = models.CharField(max_length=128)
    name = models.CharField(max_length=200)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.journey
