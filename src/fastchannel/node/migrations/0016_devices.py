"""Checkpoints' devices, what they told, and who was let through twice."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fastchannel.node.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("node", "0015_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeviceRequest",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Device",
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
                ("name", models.CharField(max_length=64)),
                ("place", models.CharField(max_length=8)),
                ("gates", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None)),
                ("spki", models.BinaryField()),
                ("enrolled", models.DateTimeField()),
                ("synced", models.DateTimeField(null=True)),
                ("unsent", models.PositiveIntegerField(null=True)),
                ("app_version", models.CharField(blank=True, max_length=32)),
                ("bundle", models.CharField(blank=True, max_length=64)),
                ("bundle_at", models.DateTimeField(null=True)),
                ("revoked", models.DateTimeField(null=True)),
                ("revoked_by", models.CharField(blank=True, max_length=128)),
                ("revoked_why", models.CharField(blank=True, max_length=200)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="devices", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EnrolmentCode",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("place", models.CharField(max_length=8)),
                ("gates", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None)),
                ("created", models.DateTimeField()),
                ("expires", models.DateTimeField()),
                (
                    "device",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="code", to="node.device"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EnrolmentFailure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["address", "at"], name="enrolment_failure_address")],
            },
        ),
        migrations.CreateModel(
            name="GateEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nonce", models.CharField(max_length=64)),
                ("seq", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("claimed", models.BigIntegerField()),
                ("received", models.DateTimeField()),
                ("kind", models.CharField(max_length=16)),
                ("verdict", models.CharField(max_length=8)),
                ("reason", models.CharField(max_length=32)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("gate", models.CharField(max_length=16)),
                ("issuer", models.CharField(blank=True, max_length=8)),
                ("pass_id", models.CharField(blank=True, max_length=32)),
                ("document", models.CharField(blank=True, max_length=32)),
                ("outcome", models.CharField(max_length=32)),
                (
                    "device",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="node.device"
                    ),
                ),
                (
                    "journey",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gate_entries",
                        to="node.journey",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GateDouble",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("raised", models.DateTimeField()),
                ("settled", models.DateTimeField(null=True)),
                ("settled_by", models.CharField(blank=True, max_length=128)),
                ("finding", models.CharField(blank=True, max_length=500)),
                (
                    "first",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="node.gateentry"),
                ),
                (
                    "second",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="double", to="node.gateentry"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="device",
            index=models.Index(fields=["-id"], name="device_list"),
        ),
        migrations.AddIndex(
            model_name="gateentry",
            index=models.Index(fields=["device", "-id"], name="gate_entry_device"),
        ),
        migrations.AddIndex(
            model_name="gateentry",
            index=models.Index(fields=["journey", "gate"], name="gate_entry_journey"),
        ),
        migrations.AddIndex(
            model_name="gateentry",
            index=models.Index(
                condition=models.Q(("kind__in", ("admitted", "override")), models.Q(("pass_id", ""), _negated=True)),
                fields=["pass_id", "gate"],
                name="gate_entry_pass",
            ),
        ),
        migrations.AddIndex(
            model_name="gateentry",
            index=models.Index(
                condition=models.Q(("document", ""), _negated=True), fields=["document", "at"], name="gate_entry_document"
            ),
        ),
        migrations.AddConstraint(
            model_name="gateentry",
            constraint=models.UniqueConstraint(fields=("device", "nonce"), name="gate_entry_once"),
        ),
        migrations.AddIndex(
            model_name="gatedouble",
            index=models.Index(condition=models.Q(("settled__isnull", True)), fields=["-id"], name="gate_double_open"),
        ),
    ]
