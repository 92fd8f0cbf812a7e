"""The tables; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    initial = True
    dependencies = [("payments", "0015_archive"), ("access", "0007_asked")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0001_tables.sql"))]
