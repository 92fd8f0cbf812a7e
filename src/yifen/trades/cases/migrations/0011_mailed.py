"""Reports that are mailed, and the account that paid; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_lines")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0011_mailed.sql"))]
