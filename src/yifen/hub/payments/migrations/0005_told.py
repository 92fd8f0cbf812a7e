"""What was told of payables, and its digests in the audit trail."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql

_SQL = Path(__file__).parents[1] / "sql" / "0005_told.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0004_checks"), ("audit", "0001_tables"), ("partners", "0001_initial"),
    ]  # fmt: skip
    operations = [migrations.RunSQL(read_sql(_SQL))]
