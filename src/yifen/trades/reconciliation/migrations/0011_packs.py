"""Lines of large files in packs."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0010_file_name")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0011_packs.sql"))]
