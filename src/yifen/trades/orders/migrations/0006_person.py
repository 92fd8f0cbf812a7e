"""Who a holder is to WeChat, once he paid inside it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("checkout", "0005_trades")]
    operations = [
        migrations.AddField("holder", "person_sealed", models.BinaryField(db_default=b"")),
    ]
