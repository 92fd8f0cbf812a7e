"""Owners of what is taken from the outbox; where each biller was asked."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_claims")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0009_owners.sql"))]
