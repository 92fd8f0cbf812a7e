"""Unidentified money goes back to its payer; links of numbers by two people; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_bounds")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0009_sent_back.sql"))]
