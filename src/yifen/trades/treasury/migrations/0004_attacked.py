"""What a stranger's attack found; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("treasury", "0003_scale")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0004_attacked.sql"))]
