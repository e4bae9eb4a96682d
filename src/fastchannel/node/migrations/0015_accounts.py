"""Invitations and sign-ins of accounts; records opened by break-glass, append-only; acts that two must agree to."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fastchannel.node.identifiers

TRIGGERS = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION fastchannel_append_only();"
    f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only;"
    for table in ("node_breakglass", "node_breakglassreview")
)


class Migration(migrations.Migration):
    dependencies = [
        ("node", "0014_needs"),
    ]

    operations = [
        migrations.CreateModel(
            name="BreakGlass",
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
                ("journey", models.CharField(max_length=64)),
                ("actor", models.CharField(max_length=128)),
                ("role", models.CharField(max_length=16)),
                ("party", models.CharField(max_length=2)),
                ("reason", models.CharField(max_length=500)),
                ("opened", models.DateTimeField()),
                ("until", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
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
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created", models.DateTimeField()),
                ("expires", models.DateTimeField()),
                ("used", models.DateTimeField(null=True)),
                ("revoked", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Proposal",
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
                ("kind", models.CharField(max_length=32)),
                ("subject", models.CharField(max_length=128)),
                ("digest", models.CharField(max_length=80)),
                ("body", models.BinaryField()),
                ("party", models.CharField(max_length=2)),
                ("proposed_by", models.CharField(max_length=128)),
                ("proposed", models.DateTimeField()),
                ("expires", models.DateTimeField()),
                ("settled", models.DateTimeField(null=True)),
                ("settled_by", models.CharField(blank=True, max_length=128)),
                ("done", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="SignIn",
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
                ("session", models.CharField(max_length=40, unique=True)),
                ("began", models.DateTimeField()),
                ("seen", models.DateTimeField()),
                ("ended", models.DateTimeField(null=True)),
                ("address", models.GenericIPAddressField(null=True)),
                ("device", models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.AddField(
            model_name="account",
            name="email",
            field=models.EmailField(blank=True, max_length=254),
        ),
        migrations.CreateModel(
            name="BreakGlassReview",
            fields=[
                (
                    "opening",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="review",
                        serialize=False,
                        to="node.breakglass",
                    ),
                ),
                ("reviewer", models.CharField(max_length=128)),
                ("role", models.CharField(max_length=16)),
                ("justified", models.BooleanField()),
                ("note", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name="breakglass",
            index=models.Index(fields=["actor", "journey", "-until"], name="break_glass_open"),
        ),
        migrations.AddIndex(
            model_name="breakglass",
            index=models.Index(fields=["journey"], name="break_glass_journey"),
        ),
        migrations.AddConstraint(
            model_name="breakglass",
            constraint=models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="break_glass_reason"),
        ),
        migrations.AddConstraint(
            model_name="breakglass",
            constraint=models.CheckConstraint(condition=models.Q(("until__gt", models.F("opened"))), name="break_glass_ends"),
        ),
        migrations.AddField(
            model_name="invitation",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="invitations", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(condition=models.Q(("settled", None)), fields=["kind", "subject"], name="proposal_open"),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("settled", None)), fields=("kind", "digest"), name="proposal_open_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("done", False), models.Q(("settled_by", models.F("proposed_by")), _negated=True), _connector="OR"
                ),
                name="proposal_four_eyes",
            ),
        ),
        migrations.AddField(
            model_name="signin",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="sign_ins", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="signin",
            index=models.Index(fields=["account", "-seen"], name="sign_in_account"),
        ),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
    ]
