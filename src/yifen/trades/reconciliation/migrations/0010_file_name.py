"""A partner's file is searched for by its name; made beside the work."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("reconciliation", "0009_withdrawn")]
    operations = [
        migrations.RunSQL([
            "DROP INDEX CONCURRENTLY IF EXISTS recon_file_name",
            "CREATE INDEX CONCURRENTLY recon_file_name ON recon_file (name)",
        ])
    ]  # fmt: skip
