"""Estimates in bulk."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("billing", "0009_files_taken")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0010_estimates.sql"))]
