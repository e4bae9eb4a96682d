"""Wrong notices that were taken back in bulk."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import fastchannel.node.identifiers


class Migration(migrations.Migration):
    dependencies = [("node", "0009_counts")]

    operations = [
        migrations.CreateModel(
            name="Recall",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=fastchannel.node.identifiers.new_identifier,
                        editable=False,
                        max_length=26,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("actor", models.JSONField()),
                ("account", models.CharField(max_length=128)),
                ("kind", models.CharField(max_length=16)),
                ("said_by", models.CharField(blank=True, max_length=128)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                ("total", models.PositiveIntegerField()),
                ("recalled", models.PositiveIntegerField(default=0)),
                ("already", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("finished", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("total__gte", models.F("recalled") + models.F("already") + models.F("refused"))),
                        name="recall_counts_balance",
                    )
                ],
                "indexes": [
                    models.Index(condition=models.Q(("finished__isnull", True)), fields=["id"], name="recall_unfinished")
                ],
            },
        ),
        migrations.CreateModel(
            name="RecallRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "recall",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="node.recall"
                    ),
                ),
                ("journey", models.CharField(max_length=64)),
                ("event", models.CharField(max_length=64)),
                ("outcome", models.CharField(blank=True, max_length=16)),
                ("said", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("recall", "event"), name="recallrow_once")],
                "indexes": [models.Index(fields=["recall", "outcome", "id"], name="recallrow_outcome")],
            },
        ),
    ]
