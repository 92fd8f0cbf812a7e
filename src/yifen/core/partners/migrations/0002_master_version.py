"""The number by which gateways see that the master data changed."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql

_SQL = Path(__file__).parents[1] / "sql" / "0002_master_version.sql"


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_initial")]
    operations = [migrations.RunSQL(read_sql(_SQL))]
