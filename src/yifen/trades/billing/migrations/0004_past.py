"""Runs of a time before a company came here."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_prepaid")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0004_past.sql"))]
