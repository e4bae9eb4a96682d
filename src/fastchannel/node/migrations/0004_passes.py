"""Passes that this node issued."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("node", "0003_document_numbers")]

    operations = [
        migrations.CreateModel(
            name="Pass",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("gate", models.CharField(max_length=16)),
                ("verdict", models.CharField(max_length=16)),
                ("issued", models.DateTimeField()),
                ("expires", models.DateTimeField()),
                ("text", models.TextField(blank=True)),
                ("by", models.CharField(max_length=128)),
                ("revoked", models.DateTimeField(null=True)),
                ("withdrawn", models.CharField(blank=True, max_length=16)),
                (
                    "journey",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="passes",
                        to="node.journey",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["journey", "-issued"], name="pass_journey"),
                    models.Index(condition=models.Q(("revoked__isnull", True)), fields=["journey"], name="pass_live"),
                    models.Index(condition=models.Q(("revoked__isnull", False)), fields=["expires"], name="pass_revoked"),
                ],
            },
        ),
    ]
