"""What was moved to a balance and went back to its payer."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("billing", "0007_gone")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0008_returned.sql"))]
