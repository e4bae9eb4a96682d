"""Following travellers: check-ins, owners, calls and messages; cases, their contacts and tasks."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import fastchannel.node.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("node", "0011_laboratory"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "journey",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="assignment",
                        serialize=False,
                        to="node.journey",
                    ),
                ),
                ("owner", models.CharField(max_length=128)),
                ("since", models.DateTimeField()),
                ("by", models.CharField(max_length=128)),
            ],
            options={
                "indexes": [models.Index(fields=["owner", "journey"], name="assignment_owner")],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "journey",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="case",
                        serialize=False,
                        to="node.journey",
                    ),
                ),
                ("number", models.CharField(max_length=64)),
                ("confirmed", models.DateTimeField()),
                ("state", models.CharField(max_length=16)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "-confirmed", "journey"], name="case_state"),
                    models.Index(fields=["number"], name="case_number"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Followed",
            fields=[
                (
                    "journey",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="followed",
                        serialize=False,
                        to="node.journey",
                    ),
                ),
                ("origin", models.CharField(max_length=8)),
                ("destination", models.CharField(max_length=8)),
                ("arrival_place", models.CharField(max_length=8)),
                ("measure", models.CharField(max_length=64)),
                ("zone", models.CharField(max_length=64)),
                ("first", models.DateField()),
                ("stop", models.DateField()),
                ("day", models.DateField()),
                ("answers", models.CharField(max_length=62)),
                ("silent", models.PositiveSmallIntegerField()),
                ("rung", models.CharField(blank=True, max_length=16)),
                ("call_due", models.BooleanField()),
                ("symptoms", models.BooleanField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-silent", "journey"], name="followed_silent"),
                    models.Index(condition=models.Q(("call_due", True)), fields=["-silent", "journey"], name="followed_calls"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.CharField(max_length=64, unique=True)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=128)),
                ("way", models.CharField(max_length=8)),
                ("outcome", models.CharField(max_length=16)),
                ("language", models.CharField(blank=True, max_length=8)),
                ("note", models.CharField(blank=True, max_length=1000)),
                ("next_step", models.CharField(blank=True, max_length=16)),
                (
                    "journey",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="calls", to="node.journey"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["journey", "-at"], name="callnote_journey"),
                    models.Index(fields=["by", "-at"], name="callnote_by"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseTask",
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
                ("kind", models.CharField(max_length=16)),
                ("due", models.DateTimeField()),
                ("owner", models.CharField(blank=True, max_length=128)),
                ("made", models.DateTimeField()),
                ("by", models.CharField(max_length=128)),
                ("done", models.DateTimeField(null=True)),
                ("done_by", models.CharField(blank=True, max_length=128)),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="tasks", to="node.case"
                    ),
                ),
                (
                    "journey",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="case_tasks",
                        to="node.journey",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("done__isnull", True)), fields=["case", "due"], name="casetask_open"),
                    models.Index(fields=["case", "id"], name="casetask_case"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done__isnull", True)), fields=("case", "journey", "kind"), name="casetask_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["call", "test", "quarantine"])), name="casetask_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
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
                ("template", models.CharField(max_length=16)),
                ("measure", models.CharField(max_length=64)),
                ("day", models.DateField()),
                ("rung", models.CharField(max_length=16)),
                ("made", models.DateTimeField()),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("channel", models.CharField(blank=True, max_length=8)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("begun", models.DateTimeField(null=True)),
                ("ended", models.DateTimeField(null=True)),
                ("why", models.CharField(blank=True, max_length=200)),
                (
                    "journey",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="node.journey"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state__in", ["waiting", "sending"])), fields=["id"], name="message_open"),
                    models.Index(fields=["journey", "-id"], name="message_journey"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("journey", "measure", "day", "rung"), name="message_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "sending", "sent", "failed", "needless"])),
                        name="message_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NamedContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case", models.CharField(max_length=64)),
                ("named", models.DateTimeField()),
                ("exposed", models.DateTimeField(null=True)),
                ("event", models.CharField(max_length=64)),
                ("cleared", models.DateTimeField(null=True)),
                (
                    "journey",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contact_of",
                        to="node.journey",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["case", "journey"], name="namedcontact_case")],
                "constraints": [models.UniqueConstraint(fields=("journey", "case"), name="namedcontact_once")],
            },
        ),
        migrations.CreateModel(
            name="Whereabout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("setting", models.CharField(max_length=16)),
                ("place", models.CharField(max_length=128)),
                ("unit", models.CharField(blank=True, max_length=32)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                (
                    "journey",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="whereabouts",
                        to="node.journey",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["journey", "since"], name="whereabout_journey"),
                    models.Index(
                        condition=models.Q(("place", ""), _negated=True),
                        fields=["setting", "place", "since"],
                        name="whereabout_place",
                    ),
                ],
            },
        ),
    ]
