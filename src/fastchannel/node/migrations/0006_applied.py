"""What arrived becomes part of the record, and what people said of notices."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


def identity() -> tuple[str, models.BigAutoField[int, int]]:
    """The key of a table that has no other."""
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [("node", "0005_lanes")]

    operations = [
        migrations.AddField("event", "learned", models.DateTimeField(null=True)),
        migrations.AddField("journey", "told", models.BooleanField(default=False)),
        migrations.AddField("lane", "applied", models.PositiveBigIntegerField(default=0)),
        migrations.CreateModel(
            name="LaneHeld",
            fields=[
                identity(),
                ("seq", models.PositiveBigIntegerField()),
                ("entry", models.CharField(max_length=64)),
                ("fault", models.CharField(max_length=16)),
                ("said", models.CharField(blank=True, max_length=500)),
                ("needs", models.CharField(blank=True, max_length=80)),
                ("at", models.DateTimeField()),
                ("settled", models.DateTimeField(null=True)),
                (
                    "lane",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="held", to="node.lane"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("lane", "seq"), name="lane_held_place")],
                "indexes": [
                    models.Index(condition=models.Q(("settled__isnull", True)), fields=["needs"], name="lane_held_needs")
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeStep",
            fields=[
                identity(),
                ("entry", models.CharField(max_length=64)),
                ("step", models.CharField(max_length=16)),
                ("party", models.CharField(max_length=2)),
                ("at", models.DateTimeField()),
                ("said", models.CharField(blank=True, max_length=2000)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("entry", "step", "party"), name="notice_step_once")],
            },
        ),
        migrations.CreateModel(
            name="PeerText",
            fields=[
                identity(),
                ("party", models.CharField(max_length=2)),
                ("agreement", models.CharField(max_length=64)),
                ("version", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=80)),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("party", "digest"), name="peer_text_once")],
            },
        ),
        migrations.CreateModel(
            name="PeerPasses",
            fields=[
                ("party", models.CharField(max_length=2, primary_key=True, serialize=False)),
                ("trusted", models.TextField()),
                ("revoked", models.TextField()),
                ("revision", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
