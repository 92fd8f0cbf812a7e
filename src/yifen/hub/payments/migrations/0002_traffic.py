"""The traffic's figures and the wire log; their functions are installed by every `yifen migrate`."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_tables")]
    operations = [
        migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0002_traffic.sql"))
    ]
