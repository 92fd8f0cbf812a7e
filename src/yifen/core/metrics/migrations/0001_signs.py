"""The table of signs of life; its function is installed anew by every `yifen migrate`."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0001_signs.sql"))]
