"""Bounds of what banks say, official swipes as rows of their own, totals of invoices; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("cards", "0005_pages")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0006_attacked.sql"))]
