"""Electronic invoices; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("invoices", "0001_tables"), ("billing", "0014_upto")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0002_electronic.sql"))]
