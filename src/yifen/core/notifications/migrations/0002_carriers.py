"""Who brought a message, and what he said; carriers and texts of the operator's own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]
    operations = [
        migrations.AddField("notification", "channel", models.CharField(db_default="sms", max_length=8)),
        migrations.AddField("notification", "carrier", models.CharField(db_default="local", max_length=16)),
        migrations.AddField("notification", "serial", models.CharField(blank=True, db_default="", max_length=64)),
        migrations.AddField("notification", "said", models.CharField(blank=True, db_default="", max_length=200)),
        migrations.AlterField("notification", "state", models.CharField(
            choices=[("waiting", "待发"), ("sent", "已发"), ("failed", "失败"), ("later", "稍后再试"), ("unsure", "不明")],
            default="waiting", max_length=8)),
        migrations.CreateModel(
            name="MessageCarrier",
            fields=[
                ("code", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("base_address", models.CharField(max_length=200)),
                ("enabled", models.BooleanField()),
                ("version", models.PositiveIntegerField()),
            ],
            options={"db_table": "message_carrier"},
        ),
        migrations.CreateModel(
            name="MessageTemplate",
            fields=[
                ("key", models.CharField(max_length=48, primary_key=True, serialize=False)),
                ("title", models.CharField(blank=True, max_length=80)),
                ("body", models.CharField(max_length=1000)),
                ("provider_id", models.CharField(blank=True, max_length=64)),
                ("version", models.PositiveIntegerField()),
            ],
            options={"db_table": "message_template"},
        ),
    ]
