"""What was asked is sealed, what the acquirer said is kept as it came."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("pos", "0001_tables")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0002_words.sql"))]
