"""The audit trail's tables; its functions are installed anew by every `yifen migrate`."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0001_tables.sql"))
    ]
