"""Both tables."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Box",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False,
                                           verbose_name="ID")),
                ("code", models.CharField(max_length=16, unique=True)),
                ("account_id", models.IntegerField()),
                ("word", models.CharField(default="", max_length=16)),
            ],
            options={"db_table": "tally_box"},
        ),
        migrations.CreateModel(
            name="Gift",
            fields=[
                ("document_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("amount_fen", models.BigIntegerField()),
                ("box", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT,
                                          to="tally.box")),
            ],
            options={"db_table": "tally_gift"},
        ),
    ]  # fmt: skip
