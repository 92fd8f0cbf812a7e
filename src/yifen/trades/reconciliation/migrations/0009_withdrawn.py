"""What keeps a closed difference closed stands with the functions."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0008_outside")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0009_withdrawn.sql"))]
