"""The tables that are filled by SQL; their functions are installed anew by every `yifen migrate`."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("settlement", "0001_tables"), ("ledger", "0002_documents")]
    operations = [
        migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0001_tables.sql"))
    ]
