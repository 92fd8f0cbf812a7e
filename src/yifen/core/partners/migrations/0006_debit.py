"""A channel that an institution keeps for debits by mandate 代扣."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0005_kinds")]
    operations = [
        migrations.AlterField(
            model_name="channel",
            name="hosted",
            field=models.CharField(
                blank=True, choices=[("", "接入渠道"), ("counter", "柜面"), ("payer", "缴费页面"), ("debit", "代扣")],
                db_default="", max_length=8,
            ),
        ),
    ]  # fmt: skip
