"""Payments in partitions, as the ledger's transfers are."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql
from yifen.core.ledger.partitions import in_first_partition


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("payments", "0013_refs"), ("ledger", "0005_partitions")]
    operations = [
        migrations.RunSQL(in_first_partition("payment", "payment_id")),
        migrations.RunSQL(f"BEGIN;{read_sql(Path(__file__).parents[1] / 'sql' / '0014_partitions.sql')};COMMIT"),
    ]
