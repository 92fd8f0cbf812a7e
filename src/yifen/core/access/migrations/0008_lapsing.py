"""Until when a session's key speaks, by the database's own clock. Those of before are over: people sign in again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0007_asked")]
    operations = [
        migrations.AddField("User", name, models.DateTimeField(null=True, editable=False))
        for name in ("session_began_at", "session_until")
    ]
