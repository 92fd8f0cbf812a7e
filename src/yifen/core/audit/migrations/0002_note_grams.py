"""The index by which parts of notes are found."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql

_SQL = Path(__file__).parents[1] / "sql" / "0002_note_grams.sql"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_tables")]
    operations = [migrations.RunSQL(read_sql(_SQL))]
