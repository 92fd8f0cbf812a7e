"""When an institution was closed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]
    operations = [
        migrations.AddField("Institution", "closed_at", models.DateTimeField(null=True, blank=True)),
    ]
