"""Travellers who are followed are counted, those of another party's node are not among them, and each says whose they are.

Besides, the indexes by which applications that wait for a decision and travellers found positive are counted.
"""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q

OWNERS = """
DELETE FROM node_followed f USING node_journey j WHERE j.id = f.journey_id AND j.told;
UPDATE node_followed f SET owner = a.owner FROM node_assignment a WHERE a.journey_id = f.journey_id;
"""
COUNT = """
CREATE FUNCTION fastchannel_count_followed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO node_followedcount (origin, destination, arrival_place, owner, silent, call_due, number)
        SELECT origin, destination, arrival_place, owner, silent > 0, call_due, count(*) FROM fresh GROUP BY 1, 2, 3, 4, 5, 6;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO node_followedcount (origin, destination, arrival_place, owner, silent, call_due, number)
        SELECT origin, destination, arrival_place, owner, silent > 0, call_due, -count(*) FROM gone GROUP BY 1, 2, 3, 4, 5, 6;
    ELSE
        INSERT INTO node_followedcount (origin, destination, arrival_place, owner, silent, call_due, number)
        SELECT origin, destination, arrival_place, owner, silent, call_due, sum(by) FROM (
            SELECT origin, destination, arrival_place, owner, silent > 0 AS silent, call_due, -1 AS by FROM gone
            UNION ALL
            SELECT origin, destination, arrival_place, owner, silent > 0, call_due, 1 FROM fresh
        ) AS moved GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(by) <> 0;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER node_followed_counted_in AFTER INSERT ON node_followed REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION fastchannel_count_followed();
CREATE TRIGGER node_followed_counted_out AFTER DELETE ON node_followed REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION fastchannel_count_followed();
CREATE TRIGGER node_followed_counted_on AFTER UPDATE ON node_followed REFERENCING OLD TABLE AS gone NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION fastchannel_count_followed();
INSERT INTO node_followedcount (origin, destination, arrival_place, owner, silent, call_due, number)
SELECT origin, destination, arrival_place, owner, silent > 0, call_due, count(*) FROM node_followed GROUP BY 1, 2, 3, 4, 5, 6;
"""
UNCOUNT = """
DROP TRIGGER node_followed_counted_in ON node_followed;
DROP TRIGGER node_followed_counted_out ON node_followed;
DROP TRIGGER node_followed_counted_on ON node_followed;
DROP FUNCTION fastchannel_count_followed();
"""


class Migration(migrations.Migration):
    dependencies = [("node", "0018_counted_by_sponsor")]

    operations = [
        migrations.CreateModel(
            name="FollowedCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("origin", models.CharField(max_length=8)),
                ("destination", models.CharField(max_length=8)),
                ("arrival_place", models.CharField(max_length=8)),
                ("owner", models.CharField(blank=True, max_length=128)),
                ("silent", models.BooleanField()),
                ("call_due", models.BooleanField()),
                ("number", models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            "followed", "owner", models.CharField(blank=True, default="", max_length=128), preserve_default=False
        ),
        migrations.RunSQL(OWNERS, migrations.RunSQL.noop),
        migrations.RunSQL(COUNT, UNCOUNT),
        migrations.AddIndex("followed", models.Index(fields=["owner", "-silent", "journey"], name="followed_owner")),
        migrations.AddIndex(
            "journey",
            models.Index(
                fields=["departure"],
                name="journey_undecided",
                condition=Q(stage__in=["applied", "sponsored"]),
                include=["sponsor", "origin", "destination", "arrival_place"],
            ),
        ),
        migrations.RemoveIndex("course", "course_found"),
        migrations.AddIndex(
            "course", models.Index(fields=["found", "found_at"], name="course_found", condition=Q(found__isnull=False))
        ),
    ]
