"""How claimed money came."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_payouts")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0003_receipts.sql"))]
