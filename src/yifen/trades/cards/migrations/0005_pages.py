"""Asking banks, files by hand, the catalogue by bureau, leavers' swipes that nobody claims; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("cards", "0004_scale")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0005_pages.sql"))]
