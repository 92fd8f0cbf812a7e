"""Returns of a later year before and behind the clearing; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("cards", "0001_tables")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0002_prior.sql"))]
