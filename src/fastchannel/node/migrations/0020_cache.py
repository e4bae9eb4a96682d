"""What the processes of the web server must know of each other for a while: Django's cache in the database."""

from __future__ import annotations

from django.db import migrations

TABLE = """
CREATE TABLE node_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX node_cache_expires ON node_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("node", "0019_followed_counted")]

    operations = [migrations.RunSQL(TABLE, "DROP TABLE node_cache")]
