"""Statements of need, the batches in which places are given to them, and the table of the chain that values them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fastchannel.node.identifiers import new_identifier


class Batch(models.Model):
    """Places of some days on one route. ``plan`` and ``answer`` are the casework's own JSON, byte for byte.

    ``revision`` counts what was changed; an answer is of ``answered``, and an older one is never shown as if it were newer.
    The seed of the lottery is drawn at the start, its digest is public from then on, and it is published with the places.
    """

    id = models.CharField(max_length=26, primary_key=True, default=new_identifier, editable=False)
    agreement = models.CharField(max_length=64)
    route = models.CharField(max_length=64)
    first_day = models.DateField()
    last_day = models.DateField()
    plan = models.BinaryField()
    arrivals = models.BinaryField(default=b"")  # what the forecast says of arrivals; empty until it was asked
    seed = models.CharField(max_length=64)
    created = models.DateTimeField()
    created_by = models.CharField(max_length=128)
    revision = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(null=True)
    answer = models.BinaryField(default=b"")
    solving = models.BooleanField(default=False)
    failure = models.CharField(max_length=500, blank=True)
    published = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=128, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-id"], name="batch_newest"),
            models.Index(fields=["id"], name="batch_solving", condition=Q(solving=True)),
        ]

    def __str__(self) -> str:
        return self.id

    @classmethod
    def unsolved(cls) -> list[str]:
        """The batches that wait for an answer."""
        return list(cls.objects.filter(solving=True).values_list("id", flat=True))


class Need(models.Model):
    """A sponsor's statement. ``outcome`` is what the published batch says of it, ``granted`` whether it has a place."""

    id = models.CharField(max_length=26, primary_key=True, default=new_identifier, editable=False)
    sponsor = models.CharField(max_length=128)
    account = models.CharField(max_length=128)
    agreement = models.CharField(max_length=64)
    route = models.CharField(max_length=64)
    site = models.CharField(max_length=200)
    people = models.PositiveIntegerField()
    earliest = models.DateField()
    latest = models.DateField()
    statement = models.BinaryField()
    stated = models.DateTimeField()
    changed = models.DateTimeField()
    withdrawn = models.DateTimeField(null=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="needs", db_index=False)
    granted = models.BooleanField(null=True)
    arrives = models.DateField(null=True)
    outcome = models.BinaryField(default=b"")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["sponsor", "-id"], name="need_sponsor"),
            models.Index(
                fields=["agreement", "route", "earliest"],
                name="need_open",
                condition=Q(batch__isnull=True, withdrawn__isnull=True),
            ),
            models.Index(fields=["batch"], name="need_batch"),
            models.Index(fields=["site"], name="need_granted_site", condition=Q(granted=True)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(batch__isnull=True, granted__isnull=True) | Q(batch__isnull=False, granted__isnull=False),
                name="need_outcome_of_a_batch",
            )
        ]

    def __str__(self) -> str:
        return self.id


class PlaceOverride(models.Model):
    """What the secretariat decided beyond the ranking: who, under which role, why and when. Nothing of it is changed."""

    seq = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="overrides", db_index=False)
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="overrides", db_index=False)
    kind = models.CharField(max_length=16)
    flight = models.CharField(max_length=64, blank=True)
    place = models.CharField(max_length=64, blank=True)
    day = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=1000)
    by = models.CharField(max_length=128)
    by_name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["batch", "seq"], name="placeoverride_batch")]

    def __str__(self) -> str:
        return f"{self.need_id} {self.kind}"


class ClaimAudit(models.Model):
    """What a place brought, against what its sponsor claimed, in output a day. The last one of a need holds."""

    seq = models.BigAutoField(primary_key=True)
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="audits", db_index=False)
    sponsor = models.CharField(max_length=128)
    claimed = models.FloatField()
    realised = models.FloatField()
    by = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["need", "-seq"], name="claimaudit_need"),
            models.Index(fields=["sponsor", "seq"], name="claimaudit_sponsor"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(claimed__gt=0, realised__gte=0), name="claimaudit_amounts"),
        ]

    def __str__(self) -> str:
        return f"{self.need_id} {self.realised:g}/{self.claimed:g}"


class ChainTable(models.Model):
    """A table with what belongs to it, as it was loaded, and the marginals of its shortage. The newest is the one in use."""

    id = models.CharField(max_length=26, primary_key=True, default=new_identifier, editable=False)
    source = models.CharField(max_length=200)
    unit = models.CharField(max_length=32)
    table = models.BinaryField()
    stock_days = models.BinaryField()
    sites = models.BinaryField(default=b"")
    links = models.BinaryField(default=b"")
    posts = models.BinaryField(default=b"")
    names = models.BinaryField(default=b"")  # sectors in words, by their code
    marginals = models.BinaryField()
    loaded = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-id"], name="chaintable_newest")]

    def __str__(self) -> str:
        return self.source
