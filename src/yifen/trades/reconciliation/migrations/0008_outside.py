"""Refunds by repair that a channel has to give outside."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0007_parts")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0008_outside.sql"))]
