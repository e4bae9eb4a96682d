"""What people of all parties decided beyond the triggers."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("node", "0007_ledger")]

    operations = [
        migrations.CreateModel(
            name="JointDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=80)),
                ("party", models.CharField(max_length=2)),
                ("agreement", models.CharField(max_length=64)),
                ("raw", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("digest", "party"), name="joint_decision_once")],
            },
        ),
    ]
