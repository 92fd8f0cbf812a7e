"""Entries by a signed message of the treasury; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("budget", "0001_tables")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0003_told.sql"))]
