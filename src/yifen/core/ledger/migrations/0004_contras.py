"""A transfer may have several contras, up to its amount. The index is made beside payments."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ledger", "0003_seal")]
    operations = [
        migrations.RunSQL([
            "DROP INDEX CONCURRENTLY IF EXISTS ledger_transfer_contras",
            "CREATE INDEX CONCURRENTLY ledger_transfer_contras ON ledger_transfer"
            " (bucket, reverses_no) WHERE reverses_no IS NOT NULL",
            "DROP INDEX CONCURRENTLY IF EXISTS ledger_transfer_reverses",
        ])
    ]  # fmt: skip
