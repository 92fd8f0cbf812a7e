"""Sessions of the exchange by two people, and banks by their number; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("agency", "0001_tables")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0002_sessions.sql"))]
