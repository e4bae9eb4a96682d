"""Events and the access log can be added to and never changed, whoever asks the database to."""

from __future__ import annotations

from django.db import migrations

FORBID = """
CREATE FUNCTION fastchannel_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is not allowed', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
"""
TRIGGERS = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION fastchannel_append_only();"
    f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only;"  # even for a replication role
    for table in ("node_event", "node_accesslog")
)


class Migration(migrations.Migration):
    dependencies = [("node", "0001_tables")]

    operations = [migrations.RunSQL(FORBID + TRIGGERS, migrations.RunSQL.noop)]
