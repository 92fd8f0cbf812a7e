"""The core's words are kept as it signed them, its keys for ever, and what was asked as a sealed digest."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("corebank", "0002_said")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0003_answers.sql"))]
