"""Journeys are counted by sponsor, too, and a deadline says whose journey it is of."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q

_OPEN = Q(status__in=["due", "pending"])
COUNT = """
CREATE FUNCTION fastchannel_count_sponsors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO node_sponsorcount (sponsor, stage, verdict, route, destination, number)
        SELECT sponsor, stage, verdict, route, destination, count(*) FROM fresh GROUP BY 1, 2, 3, 4, 5;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO node_sponsorcount (sponsor, stage, verdict, route, destination, number)
        SELECT sponsor, stage, verdict, route, destination, -count(*) FROM gone GROUP BY 1, 2, 3, 4, 5;
    ELSE
        INSERT INTO node_sponsorcount (sponsor, stage, verdict, route, destination, number)
        SELECT sponsor, stage, verdict, route, destination, sum(by) FROM (
            SELECT sponsor, stage, verdict, route, destination, -1 AS by FROM gone
            UNION ALL
            SELECT sponsor, stage, verdict, route, destination, 1 AS by FROM fresh
        ) AS moved GROUP BY 1, 2, 3, 4, 5 HAVING sum(by) <> 0;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER node_journey_sponsored_in AFTER INSERT ON node_journey REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION fastchannel_count_sponsors();
CREATE TRIGGER node_journey_sponsored_out AFTER DELETE ON node_journey REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION fastchannel_count_sponsors();
CREATE TRIGGER node_journey_sponsored_on AFTER UPDATE ON node_journey REFERENCING OLD TABLE AS gone NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION fastchannel_count_sponsors();
INSERT INTO node_sponsorcount (sponsor, stage, verdict, route, destination, number)
SELECT sponsor, stage, verdict, route, destination, count(*) FROM node_journey GROUP BY 1, 2, 3, 4, 5;
"""
UNCOUNT = """
DROP TRIGGER node_journey_sponsored_in ON node_journey;
DROP TRIGGER node_journey_sponsored_out ON node_journey;
DROP TRIGGER node_journey_sponsored_on ON node_journey;
DROP FUNCTION fastchannel_count_sponsors();
"""
PLACES = """
UPDATE node_deadline d SET sponsor = j.sponsor, origin = j.origin, destination = j.destination, arrival_place = j.arrival_place
FROM node_journey j WHERE j.id = d.journey_id;
"""


def _text(length: int) -> models.CharField[str, str]:
    return models.CharField(default="", max_length=length)


class Migration(migrations.Migration):
    dependencies = [("node", "0017_rooms")]

    operations = [
        migrations.CreateModel(
            name="SponsorCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sponsor", models.CharField(max_length=128)),
                ("stage", models.CharField(max_length=16)),
                ("verdict", models.CharField(max_length=16)),
                ("route", models.CharField(max_length=64)),
                ("destination", models.CharField(max_length=8)),
                ("number", models.BigIntegerField()),
            ],
            options={"indexes": [models.Index(fields=["sponsor"], name="sponsorcount_sponsor")]},
        ),
        migrations.RunSQL(COUNT, UNCOUNT),
        migrations.AddField("deadline", "sponsor", _text(128), preserve_default=False),
        migrations.AddField("deadline", "origin", _text(8), preserve_default=False),
        migrations.AddField("deadline", "destination", _text(8), preserve_default=False),
        migrations.AddField("deadline", "arrival_place", _text(8), preserve_default=False),
        migrations.RunSQL(PLACES, migrations.RunSQL.noop),
        migrations.RemoveIndex("deadline", "deadline_queue"),
        migrations.AddIndex("deadline", models.Index(fields=["who", "due", "id"], name="deadline_who", condition=_OPEN)),
        migrations.AddIndex("deadline", models.Index(fields=["sponsor", "due"], name="deadline_sponsor", condition=_OPEN)),
        migrations.AddIndex(
            "deadline",
            models.Index(
                fields=["due"], name="deadline_due", condition=_OPEN, include=["origin", "destination", "arrival_place"]
            ),
        ),
    ]
