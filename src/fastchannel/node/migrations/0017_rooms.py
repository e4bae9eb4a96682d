"""The rooms of quarantine sites, and who is inside now."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("node", "0016_devices"),
    ]

    operations = [
        migrations.CreateModel(
            name="Room",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("site", models.CharField(max_length=128)),
                ("name", models.CharField(max_length=32)),
                ("order", models.CharField(max_length=200)),
                ("beds", models.PositiveSmallIntegerField()),
                ("closed", models.DateTimeField(null=True)),
                ("closed_why", models.CharField(blank=True, max_length=200)),
                ("closed_by", models.CharField(blank=True, max_length=128)),
                ("made", models.DateTimeField()),
                ("by", models.CharField(max_length=128)),
            ],
        ),
        migrations.AddIndex(
            model_name="whereabout",
            index=models.Index(
                condition=models.Q(("setting", "room"), ("until__isnull", True)),
                fields=["place", "unit"],
                name="whereabout_inside",
            ),
        ),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(fields=["site", "order", "id"], name="room_order"),
        ),
        migrations.AddConstraint(
            model_name="room",
            constraint=models.UniqueConstraint(fields=("site", "name"), name="room_once"),
        ),
        migrations.AddConstraint(
            model_name="room",
            constraint=models.CheckConstraint(condition=models.Q(("beds__gte", 1)), name="room_beds"),
        ),
    ]
