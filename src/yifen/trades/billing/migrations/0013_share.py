"""Shares of what follows no quantity."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("billing", "0012_written")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0013_share.sql"))]
