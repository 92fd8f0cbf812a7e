"""Transfers and batches in partitions. Their rows are proved to lie in the first one beside payments, which
are held up for the moment only in which the tables change their names."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql
from yifen.core.ledger.partitions import in_first_partition


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ledger", "0004_contras")]
    operations = [
        migrations.RunSQL(in_first_partition("ledger_transfer", "transfer_no")),
        migrations.RunSQL(in_first_partition("ledger_batch", "batch_no")),
        migrations.RunSQL(f"BEGIN;{read_sql(Path(__file__).parents[1] / 'sql' / '0005_partitions.sql')};COMMIT"),
    ]
