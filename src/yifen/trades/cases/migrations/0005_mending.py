"""Consent to a plan, a refund to another account, notices of a bank taken back; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_clocks")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0005_mending.sql"))]
