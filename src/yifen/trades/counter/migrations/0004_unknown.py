"""What waits at the counter is found without reading its journal; made beside the work."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("counter", "0003_drafts")]
    operations = [
        migrations.RunSQL([
            "DROP INDEX CONCURRENTLY IF EXISTS counter_entry_unknown",
            "CREATE INDEX CONCURRENTLY counter_entry_unknown ON counter_entry (institution_id) WHERE state = 'unknown'",
        ])
    ]  # fmt: skip
