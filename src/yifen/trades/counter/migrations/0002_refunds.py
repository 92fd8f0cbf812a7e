"""Entries may be refunded; the table is the same."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("counter", "0001_tables")]
    operations = [
        migrations.AlterField(
            model_name="entry",
            name="state",
            field=models.CharField(
                choices=[("draft", "待确认"), ("unknown", "结果未知"), ("booked", "已入账"), ("refused", "未入账"),
                         ("reversed", "已冲正"), ("refunded", "已退款")],
                default="draft", max_length=8,
            ),
        )
    ]  # fmt: skip
