"""Postings asked for at once."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("corebank", "0003_answers")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0004_packs.sql"))]
