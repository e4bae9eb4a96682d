"""Statements of need, the batches in which places are given to them, and the table that values them."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import fastchannel.node.identifiers

APPEND_ONLY = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION fastchannel_append_only();"
    f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only;"
    for table in ("node_placeoverride", "node_claimaudit")
)


class Migration(migrations.Migration):
    dependencies = [
        ("node", "0013_roster_and_review"),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
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
                ("agreement", models.CharField(max_length=64)),
                ("route", models.CharField(max_length=64)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("plan", models.BinaryField()),
                ("arrivals", models.BinaryField(default=b"")),
                ("seed", models.CharField(max_length=64)),
                ("created", models.DateTimeField()),
                ("created_by", models.CharField(max_length=128)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("answered", models.PositiveIntegerField(null=True)),
                ("answer", models.BinaryField(default=b"")),
                ("solving", models.BooleanField(default=False)),
                ("failure", models.CharField(blank=True, max_length=500)),
                ("published", models.DateTimeField(null=True)),
                ("published_by", models.CharField(blank=True, max_length=128)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-id"], name="batch_newest"),
                    models.Index(condition=models.Q(("solving", True)), fields=["id"], name="batch_solving"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChainTable",
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
                ("source", models.CharField(max_length=200)),
                ("unit", models.CharField(max_length=32)),
                ("table", models.BinaryField()),
                ("stock_days", models.BinaryField()),
                ("sites", models.BinaryField(default=b"")),
                ("links", models.BinaryField(default=b"")),
                ("posts", models.BinaryField(default=b"")),
                ("names", models.BinaryField(default=b"")),
                ("marginals", models.BinaryField()),
                ("loaded", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["-id"], name="chaintable_newest")],
            },
        ),
        migrations.CreateModel(
            name="Need",
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
                ("sponsor", models.CharField(max_length=128)),
                ("account", models.CharField(max_length=128)),
                ("agreement", models.CharField(max_length=64)),
                ("route", models.CharField(max_length=64)),
                ("site", models.CharField(max_length=200)),
                ("people", models.PositiveIntegerField()),
                ("earliest", models.DateField()),
                ("latest", models.DateField()),
                ("statement", models.BinaryField()),
                ("stated", models.DateTimeField()),
                ("changed", models.DateTimeField()),
                ("withdrawn", models.DateTimeField(null=True)),
                ("granted", models.BooleanField(null=True)),
                ("arrives", models.DateField(null=True)),
                ("outcome", models.BinaryField(default=b"")),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="node.batch",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ClaimAudit",
            fields=[
                ("seq", models.BigAutoField(primary_key=True, serialize=False)),
                ("sponsor", models.CharField(max_length=128)),
                ("claimed", models.FloatField()),
                ("realised", models.FloatField()),
                ("by", models.CharField(max_length=128)),
                ("at", models.DateTimeField()),
                (
                    "need",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="audits", to="node.need"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PlaceOverride",
            fields=[
                ("seq", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=16)),
                ("flight", models.CharField(blank=True, max_length=64)),
                ("place", models.CharField(blank=True, max_length=64)),
                ("day", models.PositiveIntegerField(default=0)),
                ("reason", models.CharField(max_length=1000)),
                ("by", models.CharField(max_length=128)),
                ("by_name", models.CharField(blank=True, max_length=200)),
                ("role", models.CharField(max_length=16)),
                ("at", models.DateTimeField()),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="overrides", to="node.batch"
                    ),
                ),
                (
                    "need",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="overrides", to="node.need"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(fields=["sponsor", "-id"], name="need_sponsor"),
        ),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(
                condition=models.Q(("batch__isnull", True), ("withdrawn__isnull", True)),
                fields=["agreement", "route", "earliest"],
                name="need_open",
            ),
        ),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(fields=["batch"], name="need_batch"),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("batch__isnull", True), ("granted__isnull", True)),
                    models.Q(("batch__isnull", False), ("granted__isnull", False)),
                    _connector="OR",
                ),
                name="need_outcome_of_a_batch",
            ),
        ),
        migrations.AddIndex(
            model_name="claimaudit",
            index=models.Index(fields=["need", "-seq"], name="claimaudit_need"),
        ),
        migrations.AddIndex(
            model_name="claimaudit",
            index=models.Index(fields=["sponsor", "seq"], name="claimaudit_sponsor"),
        ),
        migrations.AddConstraint(
            model_name="claimaudit",
            constraint=models.CheckConstraint(
                condition=models.Q(("claimed__gt", 0), ("realised__gte", 0)), name="claimaudit_amounts"
            ),
        ),
        migrations.AddIndex(
            model_name="placeoverride",
            index=models.Index(fields=["batch", "seq"], name="placeoverride_batch"),
        ),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(condition=models.Q(("granted", True)), fields=["site"], name="need_granted_site"),
        ),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
    ]
