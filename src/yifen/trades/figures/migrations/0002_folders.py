"""A report goes into a partner's folder."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("figures", "0001_tables"), ("pipes", "0002_look")]
    operations = [
        migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0002_folders.sql"))
    ]
