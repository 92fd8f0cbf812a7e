"""Payments in parts, as the ledger's transfers are."""

from django.db import migrations

from yifen.core.ledger.parts import in_first_part


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("payments", "0013_refs"), ("ledger", "0005_parts")]
    operations = [
        migrations.RunSQL(in_first_part("payment", "payment_id")),
        migrations.RunSQL("SELECT ledger_into_parts('payment', 'payment_id')"),
    ]
