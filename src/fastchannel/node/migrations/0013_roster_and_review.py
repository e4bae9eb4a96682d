"""The order of the sponsor's roster, the filters of the reviewer's queue, and who has an application open."""

from __future__ import annotations

from datetime import UTC, datetime

import django.db.models.functions.comparison
from django.db import migrations, models
from django.db.models import F, Value


class Migration(migrations.Migration):
    dependencies = [("node", "0012_monitoring_and_cases")]

    operations = [
        migrations.AddIndex(
            model_name="journey",
            index=models.Index(
                F("sponsor"),
                F("failed").desc(),
                django.db.models.functions.comparison.Coalesce(
                    "next_due", Value(datetime(9999, 1, 1, tzinfo=UTC), output_field=models.DateTimeField())
                ),
                F("id"),
                name="journey_roster",
            ),
        ),
        migrations.AddIndex(
            model_name="journey",
            index=models.Index(fields=["destination", "stage", "departure", "id"], name="journey_place"),
        ),
        migrations.CreateModel(
            name="ReviewClaim",
            fields=[
                ("journey", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("actor", models.CharField(max_length=128)),
                ("name", models.CharField(max_length=200)),
                ("until", models.DateTimeField()),
            ],
        ),
    ]
