"""What is counted of journeys: courses for the watch, how many stand where, and answers that take long to find."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import migrations, models

_KEY = "stage, verdict, route, origin, destination, arrival_place"
_OLD = "o.stage, o.verdict, o.route, o.origin, o.destination, o.arrival_place"
_NEW = "n.stage, n.verdict, n.route, n.origin, n.destination, n.arrival_place"
COUNT = """
CREATE FUNCTION fastchannel_count_journeys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO node_journeycount (KEY, number) SELECT NEWKEY, count(*) FROM fresh n GROUP BY NEWKEY;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO node_journeycount (KEY, number) SELECT OLDKEY, -count(*) FROM gone o GROUP BY OLDKEY;
    ELSE
        INSERT INTO node_journeycount (KEY, number)
        SELECT KEY, sum(by) FROM (
            SELECT OLDKEY, -1 AS by FROM gone o JOIN fresh n USING (id) WHERE (OLDKEY) IS DISTINCT FROM (NEWKEY)
            UNION ALL
            SELECT NEWKEY, 1 AS by FROM gone o JOIN fresh n USING (id) WHERE (OLDKEY) IS DISTINCT FROM (NEWKEY)
        ) AS moved GROUP BY KEY HAVING sum(by) <> 0;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER node_journey_counted_in AFTER INSERT ON node_journey REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION fastchannel_count_journeys();
CREATE TRIGGER node_journey_counted_out AFTER DELETE ON node_journey REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION fastchannel_count_journeys();
CREATE TRIGGER node_journey_counted_on AFTER UPDATE ON node_journey REFERENCING OLD TABLE AS gone NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION fastchannel_count_journeys();
INSERT INTO node_journeycount (KEY, number) SELECT KEY, count(*) FROM node_journey GROUP BY KEY;
"""
for _word, _columns in (("NEWKEY", _NEW), ("OLDKEY", _OLD), ("KEY", _KEY)):
    COUNT = COUNT.replace(_word, _columns)
UNCOUNT = """
DROP TRIGGER node_journey_counted_in ON node_journey;
DROP TRIGGER node_journey_counted_out ON node_journey;
DROP TRIGGER node_journey_counted_on ON node_journey;
DROP FUNCTION fastchannel_count_journeys();
"""


class Migration(migrations.Migration):
    dependencies = [("node", "0008_decisions")]

    operations = [
        migrations.CreateModel(
            name="Course",
            fields=[
                (
                    "journey",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="course",
                        serialize=False,
                        to="node.journey",
                    ),
                ),
                ("agreement", models.CharField(max_length=64)),
                ("route", models.CharField(max_length=64)),
                ("flight", models.CharField(blank=True, max_length=32)),
                ("place", models.CharField(max_length=8)),
                ("arrived", models.DateField(null=True)),
                ("until", models.DateField(null=True)),
                ("sampled", django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list, size=None)),
                ("reported", models.JSONField(default=list)),
                ("found", models.DateField(null=True)),
                ("found_at", models.CharField(blank=True, max_length=16)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["arrived", "agreement"], name="course_arrived"),
                    models.Index(condition=models.Q(("found__isnull", False)), fields=["found"], name="course_found"),
                ],
            },
        ),
        migrations.CreateModel(
            name="JourneyCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stage", models.CharField(max_length=16)),
                ("verdict", models.CharField(max_length=16)),
                ("route", models.CharField(max_length=64)),
                ("origin", models.CharField(max_length=8)),
                ("destination", models.CharField(max_length=8)),
                ("arrival_place", models.CharField(max_length=8)),
                ("number", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Figure",
            fields=[
                ("name", models.CharField(max_length=300, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("answer", models.BinaryField()),
            ],
        ),
        migrations.RunSQL(COUNT, UNCOUNT),
        migrations.AddIndex(
            model_name="person",
            index=GinIndex(SearchVector("name", config="simple"), name="person_words"),
        ),
    ]
