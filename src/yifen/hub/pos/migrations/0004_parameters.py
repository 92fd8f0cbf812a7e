"""What acquirers say in their own files, and what terminals upload, sealed."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("pos", "0003_files")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0004_parameters.sql"))]
