"""Files of a day as parts of it; whether a day is whole; how much may go by itself."""

from pathlib import Path

from django.db import migrations, models

from yifen.core.facts.sqlfiles import read_sql


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0006_days")]
    operations = [
        migrations.AddField("profile", "parts", models.CharField(
            max_length=400, blank=True, default="", db_default="")),
        migrations.AddField("profile", "whole", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("policy", "automatic_items_max",
                            models.PositiveIntegerField(null=True, blank=True)),
        migrations.AddField("policy", "automatic_sum_fen_max",
                            models.BigIntegerField(null=True, blank=True)),
        migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0007_parts.sql")),
    ]  # fmt: skip
