"""The bank's side of a collection, where the institution has a core."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("counter", "0004_unknown"), ("corebank", "0001_tables")]
    operations = [
        migrations.CreateModel(
            name="CoreLeg",
            fields=[
                ("entry", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True,
                                               related_name="core_leg", serialize=False, to="counter.entry")),
                ("core_id", models.IntegerField()),
                ("account_sealed", models.BinaryField()),
                ("transit", models.CharField(max_length=40)),
                ("holder", models.CharField(blank=True, default="", max_length=60)),
                ("cheque_no", models.CharField(blank=True, default="", max_length=20)),
                ("cheque_on", models.DateField(blank=True, null=True)),
            ],
            options={"db_table": "counter_core"},
        ),
    ]  # fmt: skip
