"""What archived payments paid on payables."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("payments", "0014_partitions"), ("ledger", "0006_archive")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0015_archive.sql"))]
