"""Payers' names are sealed; a clear one can no longer be written (decision 0018)."""

from django.db import migrations

from yifen.core.access.sealing import ring
from yifen.hub.payments.names import sealed_name

PIECE = 5000
READ = """SELECT bucket, biller_id, account_no, name FROM payer
WHERE (bucket, biller_id, account_no) > (%s, %s, %s) ORDER BY bucket, biller_id, account_no LIMIT %s"""
WRITE = """UPDATE payer r SET name = u.name
FROM unnest(%s::smallint[], %s::integer[], %s::text[], %s::text[]) AS u (bucket, biller_id, account_no, name)
WHERE r.bucket = u.bucket AND r.biller_id = u.biller_id AND r.account_no = u.account_no"""
ONLY_SEALED = "ALTER TABLE payer ADD CONSTRAINT payer_name_sealed CHECK (name ~ '^(~[0-9]+~[A-Za-z0-9_-]+~[0-9a-f]{2})?$')"


def seal(apps, schema_editor):
    """A piece at a time, so that a million names need no memory."""
    keys, place = ring(), (-1, 0, "")
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(READ, [*place, PIECE])
            rows = cursor.fetchall()
            if not rows:
                return
            sealed = [(*row[:3], sealed_name(keys, *row[1:])) for row in rows]
            cursor.execute(WRITE, [list(column) for column in zip(*sealed, strict=True)])
            place = rows[-1][:3]


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_reads")]
    operations = [migrations.RunPython(seal), migrations.RunSQL(ONLY_SEALED)]
