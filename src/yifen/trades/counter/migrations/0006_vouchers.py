"""How often vouchers were printed, and what nobody knows of found without reading every entry."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("counter", "0005_core")]
    operations = [
        migrations.CreateModel(
            name="PrintedVoucher",
            fields=[
                ("document", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("prints", models.IntegerField()),
            ],
            options={"db_table": "counter_voucher"},
        ),
        migrations.AddIndex(
            "Entry", models.Index(fields=["sent_at"], condition=models.Q(state="unknown"), name="entry_unknown"),
        ),
        migrations.AddIndex("Entry", models.Index(fields=["institution", "business_day"], name="entry_day")),
    ]  # fmt: skip
