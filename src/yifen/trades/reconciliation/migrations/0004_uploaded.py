"""Which files a person uploaded."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0003_words"), ("access", "0004_second")]
    operations = [
        migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0004_uploaded.sql"))
    ]
