"""Refunds of days that were settled."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_names")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0008_claims.sql"))]
