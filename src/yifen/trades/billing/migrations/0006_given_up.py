"""Pieces of a run that are given up; who fitted a meter; usage in doubt for its multiplier or its size."""

from pathlib import Path

from django.db import migrations

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_people")]
    operations = [migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0006_given_up.sql"))]
