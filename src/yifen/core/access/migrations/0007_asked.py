"""When a proposal was made, by the database's own clock. Of one of before: when it says."""

from django.db import migrations, models
from django.db.models.functions import Now

BEFORE = """
ALTER TABLE access_authorisation DISABLE TRIGGER USER;
UPDATE access_authorisation SET asked_at = requested_at;
ALTER TABLE access_authorisation ENABLE TRIGGER USER
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0006_moved")]
    operations = [
        migrations.AddField("Authorisation", "asked_at", models.DateTimeField(db_default=Now(), editable=False)),
        migrations.RunSQL(BEFORE),
    ]
