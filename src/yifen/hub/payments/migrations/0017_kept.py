"""Bills that are kept for one payment."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("payments", "0016_balance")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0017_kept.sql"))]
