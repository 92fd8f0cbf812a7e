"""A transfer's digest may hold a digest of its document."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_documents")]
    operations = [
        migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0003_seal.sql"))
    ]
