"""Deputies of absent signers, refunds over several clearings; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("cards", "0006_attacked")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0007_deputies.sql"))]
