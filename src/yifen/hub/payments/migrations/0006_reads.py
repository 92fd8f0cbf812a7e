"""Signed queries and what they were answered; their functions are installed by every `yifen migrate`."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_told")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0006_reads.sql"))]
