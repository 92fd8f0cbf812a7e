"""Tellers who move and who substitute; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("access", "0008_lapsing")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0009_tellers.sql"))]
