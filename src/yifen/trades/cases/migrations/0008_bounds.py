"""Moments that a clock shows, where a process may add rows; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_objections")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0008_bounds.sql"))]
