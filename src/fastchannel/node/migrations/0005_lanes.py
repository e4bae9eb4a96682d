"""The exchange's lanes."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


def identity() -> tuple[str, models.BigAutoField[int, int]]:
    """The key of a table that has no other."""
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def lane(name: str) -> tuple[str, models.ForeignKey[models.Model, models.Model]]:
    """The lane that a row belongs to; the row's own indexes begin with it."""
    protect = django.db.models.deletion.PROTECT
    return ("lane", models.ForeignKey("node.lane", db_index=False, on_delete=protect, related_name=name))


class Migration(migrations.Migration):
    dependencies = [("node", "0004_passes")]

    operations = [
        migrations.CreateModel(
            name="Lane",
            fields=[
                ("origin", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("peer", models.CharField(blank=True, max_length=2)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("peaks", models.BinaryField(default=b"")),
                ("note", models.BinaryField(default=b"")),
                ("signed", models.PositiveBigIntegerField(default=0)),
                ("goal", models.PositiveBigIntegerField(default=0)),
                ("stopped", models.CharField(blank=True, max_length=16)),
                ("progress", models.BinaryField(default=b"")),
            ],
        ),
        migrations.CreateModel(
            name="LaneEntry",
            fields=[
                identity(),
                ("seq", models.PositiveBigIntegerField()),
                ("entry", models.CharField(max_length=64)),
                ("leaf", models.BinaryField()),
                ("sealed", models.BinaryField(null=True)),
                lane("entries"),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["lane", "seq"], name="lane_entry_place"),
                    models.UniqueConstraint(fields=["lane", "entry"], name="lane_entry_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LaneNote",
            fields=[
                identity(),
                ("size", models.PositiveBigIntegerField()),
                ("note", models.BinaryField()),
                lane("notes"),
            ],
            options={"constraints": [models.UniqueConstraint(fields=["lane", "size"], name="lane_note_size")]},
        ),
        migrations.CreateModel(
            name="LaneWaiting",
            fields=[
                identity(),
                ("entry", models.CharField(max_length=64)),
                ("draft", models.BinaryField()),
                lane("waiting"),
            ],
            options={"constraints": [models.UniqueConstraint(fields=["lane", "entry"], name="lane_waiting_once")]},
        ),
        migrations.CreateModel(
            name="LaneAlarm",
            fields=[
                identity(),
                ("lane", models.CharField(max_length=200)),
                ("peer", models.CharField(blank=True, max_length=2)),
                ("kind", models.CharField(max_length=16)),
                ("said", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                ("seen", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("seen__isnull", True)), fields=["-at"], name="lane_alarm_open")],
            },
        ),
    ]
