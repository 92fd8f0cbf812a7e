"""Refunds in part: each a row with a number of its own at the pay method, and which refund an answer tells of."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

# Until now an order had one refund, of the whole; the simulated cashier kept its number with the trade.
NUMBERS = "UPDATE checkout_answer SET refund_no = 'R' || order_no WHERE kind = 'returned'"
REFUNDS = """
INSERT INTO checkout_simulated_refund (refund_no, order_no, amount_fen)
SELECT refund_no, order_no, amount_fen FROM checkout_simulated_trade WHERE state = 'refunded'
"""
STATE = Q(state="due", back_at__isnull=True, settle_at__isnull=False) | Q(
    state="back", back_at__isnull=False, settle_at__isnull=True
)
REFUND = Q(kind="paid", refund_no="") | Q(kind="returned") & ~Q(refund_no="")


class Migration(migrations.Migration):
    dependencies = [("checkout", "0003_answers"), ("payments", "0010_parts")]
    operations = [
        migrations.CreateModel(
            name="RefundPart",
            fields=[
                ("refund_no", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("order", models.ForeignKey(db_column="order_no", on_delete=django.db.models.deletion.PROTECT,
                                            related_name="parts", to="checkout.order")),
                ("payment_id", models.BigIntegerField()),
                ("serial", models.TextField()),
                ("amount_fen", models.BigIntegerField()),
                ("state", models.CharField(choices=[("due", "退款中"), ("back", "已退款")], default="due", max_length=4)),
                ("due_at", models.DateTimeField()),
                ("back_at", models.DateTimeField(null=True)),
                ("settle_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveIntegerField(default=0)),
            ],
            options={
                "db_table": "checkout_part",
                "indexes": [models.Index(fields=["settle_at"], name="checkout_part_settle",
                                         condition=Q(settle_at__isnull=False))],
                "constraints": [
                    models.UniqueConstraint(fields=("payment_id", "serial"), name="checkout_part_return"),
                    models.CheckConstraint(condition=Q(amount_fen__gt=0), name="checkout_part_amount"),
                    models.CheckConstraint(condition=STATE, name="checkout_part_state"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SimulatedRefund",
            fields=[
                ("refund_no", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("order_no", models.CharField(db_index=True, max_length=32)),
                ("amount_fen", models.BigIntegerField()),
            ],
            options={"db_table": "checkout_simulated_refund"},
        ),
        migrations.RunSQL(REFUNDS),
        migrations.AddField("payanswer", "refund_no", models.CharField(db_default="", max_length=64)),
        migrations.RunSQL(NUMBERS),
        migrations.AddConstraint(
            "payanswer", models.CheckConstraint(condition=REFUND, name="checkout_answer_refund")
        ),
    ]
