"""Chargebacks by two people."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0011_packs"), ("access", "0007_asked")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0012_chargebacks.sql"))]
