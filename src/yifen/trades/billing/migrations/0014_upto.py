"""How far the numbers of a piece go."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("billing", "0013_share")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0014_upto.sql"))]
