"""Files of readings that were taken."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("billing", "0008_returned")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0009_files_taken.sql"))]
