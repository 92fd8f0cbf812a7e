"""Monitoring of official swipes; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("cards", "0002_prior")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0003_watch.sql"))]
