"""A login is one whatever its case; an authorisation stays as it was given."""

from pathlib import Path

from django.db import migrations, models
from django.db.models.functions import Upper

from yifen.core.facts.sqlfiles import read_sql

_SQL = Path(__file__).parents[1] / "sql" / "0002_kept.sql"


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [
        migrations.AddConstraint(
            "user", models.UniqueConstraint(Upper("login"), name="login_once")
        ),
        migrations.RunSQL(read_sql(_SQL)),
    ]
