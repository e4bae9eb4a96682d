"""Laboratories' messages."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import fastchannel.node.identifiers


class Migration(migrations.Migration):
    dependencies = [("node", "0010_recalls")]

    operations = [
        migrations.CreateModel(
            name="LabMessage",
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
                ("laboratory", models.CharField(max_length=128)),
                ("control", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("form", models.CharField(max_length=8)),
                ("by", models.CharField(max_length=128)),
                ("received", models.DateTimeField()),
                ("total", models.PositiveIntegerField()),
                ("recorded", models.PositiveIntegerField(default=0)),
                ("unmatched", models.PositiveIntegerField(default=0)),
                ("aside", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("laboratory", "control"), name="labmessage_once"),
                    models.CheckConstraint(
                        condition=models.Q(("total", models.F("recorded") + models.F("unmatched") + models.F("aside"))),
                        name="labmessage_counts_balance",
                    ),
                ],
                "indexes": [models.Index(fields=["laboratory", "-id"], name="labmessage_laboratory")],
            },
        ),
        migrations.CreateModel(
            name="LabReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "message",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="node.labmessage",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("laboratory", models.CharField(max_length=128)),
                ("state", models.CharField(max_length=16)),
                ("fault", models.CharField(blank=True, max_length=24)),
                ("said", models.CharField(blank=True, max_length=300)),
                ("sample", models.CharField(blank=True, max_length=64)),
                ("body", models.BinaryField()),
                ("journey", models.CharField(blank=True, max_length=64)),
                ("event", models.CharField(blank=True, max_length=64)),
                ("at", models.DateTimeField()),
                ("settled_by", models.CharField(blank=True, max_length=128)),
                ("reason", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("message", "number"), name="labreport_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("recorded", "unmatched", "aside", "attached", "dismissed"))),
                        name="labreport_state",
                    ),
                ],
                "indexes": [
                    models.Index(condition=models.Q(("state", "unmatched")), fields=["laboratory", "id"], name="labreport_tray")
                ],
            },
        ),
    ]
