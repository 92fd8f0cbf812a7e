"""What the desk takes is of the teller whose session it is; all is in SQL."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("agency", "0002_sessions")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0003_desk.sql"))]
