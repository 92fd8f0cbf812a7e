"""Payables that keep a balance."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("payments", "0015_archive")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0016_balance.sql"))]
