"""Documents are found again by their kind and number: some are good for one crossing only."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("node", "0002_append_only")]

    operations = [
        migrations.AddField(model_name="event", name="reference", field=models.TextField(blank=True, default="")),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("reference", ""), _negated=True), fields=["reference"], name="event_reference"
            ),
        ),
    ]
