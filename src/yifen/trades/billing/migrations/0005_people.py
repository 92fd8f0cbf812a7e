"""Tiers that go with a service; a consent that was withdrawn; what became of pieces of a run."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_past")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0005_people.sql"))]
