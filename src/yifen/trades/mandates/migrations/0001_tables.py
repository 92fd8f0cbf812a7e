"""The tables; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    initial = True
    dependencies = [("corebank", "0003_answers"), ("partners", "0006_debit"), ("counter", "0007_openings"),
                    ("settlement", "0008_found")]  # fmt: skip
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0001_tables.sql"))]
