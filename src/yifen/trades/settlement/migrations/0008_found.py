"""Payouts that came back wait for somebody until a later one is there, and a bank's serial is searched for; made
beside the work."""

from django.db import migrations

INDEXES = {
    "payout_returned": "payout (biller_id) WHERE state = 'returned'",
    "payout_of_biller": "payout (biller_id, document_id)",
    "payout_bank_serial": "payout (bank_serial) WHERE bank_serial IS NOT NULL",
}


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("settlement", "0007_results")]
    operations = [
        *(migrations.RunSQL([f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
                             f"CREATE INDEX CONCURRENTLY {name} ON {columns}"])
          for name, columns in INDEXES.items()),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS payout_biller"),
    ]  # fmt: skip
