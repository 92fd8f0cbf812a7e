"""Whose what an act is about is: the database asks by a function that the act names."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0008_lapsing")]
    operations = [migrations.RunSQL("ALTER TABLE access_act ADD about text NOT NULL DEFAULT ''")]
