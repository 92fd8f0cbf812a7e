"""Billers whose bills are paid oldest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0003_face")]
    operations = [migrations.AddField("biller", "oldest_first", models.BooleanField(db_default=False))]
