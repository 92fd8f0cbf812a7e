"""What stays of partitions that leave the database."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_partitions")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0006_archive.sql"))]
