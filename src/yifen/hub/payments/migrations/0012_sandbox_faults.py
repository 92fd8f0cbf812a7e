"""Why a sandbox's message was refused."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_figures")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0012_sandbox_faults.sql"))]
