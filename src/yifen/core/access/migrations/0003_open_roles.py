"""Which roles there are, the plugs say; the column takes any name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0002_kept")]
    operations = [
        migrations.AlterField("userrole", "role", models.CharField(max_length=20)),
    ]
