"""At which level of the tree an act is decided: pages name only who can."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0010_tellers")]
    operations = [migrations.RunSQL("ALTER TABLE access_act ADD level text NOT NULL DEFAULT ''")]
