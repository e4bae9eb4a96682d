"""The joint ledger of imports."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("node", "0006_applied")]

    operations = [
        migrations.CreateModel(
            name="LedgerRecord",
            fields=[
                ("digest", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("party", models.CharField(max_length=2)),
                ("case", models.CharField(blank=True, max_length=128)),
                ("journey", models.CharField(blank=True, max_length=64)),
                ("recorded", models.DateTimeField()),
                ("learned", models.DateTimeField()),
                ("raw", models.BinaryField()),
            ],
            options={"indexes": [models.Index(fields=["recorded"], name="ledger_recorded")]},
        ),
    ]
