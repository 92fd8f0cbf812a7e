"""Quota by message, and claims that two people end; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("treasury", "0001_tables"), ("budget", "0003_told")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0002_quota.sql"))]
