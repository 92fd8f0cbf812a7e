"""What a bank gave back without its port."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("deductions", "0003_proved")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0004_outside.sql"))]
