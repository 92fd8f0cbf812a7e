"""By which proposals something was done; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("access", "0011_level")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0012_used.sql"))]
