"""The index by which an order is found by the pay method's number of it; made while payers go on paying."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("checkout", "0004_parts")]
    operations = [
        AddIndexConcurrently("order", models.Index(fields=["trade_no"], name="checkout_order_trade")),
    ]
