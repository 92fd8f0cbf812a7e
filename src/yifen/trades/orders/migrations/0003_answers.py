"""Pay methods' answers, kept as they signed them. Orders of before have none: that is told once, as such."""

import django.db.models.deletion
from django.db import migrations, models

BEFORE = """
WITH told AS (
    INSERT INTO checkout_answer (order_no, kind, method, trade_no, amount_fen, at, sealed)
    SELECT o.order_no, k.kind, o.method, o.trade_no, o.received_fen, coalesce(k.at, o.paid_at), ''
    FROM checkout_order o
    CROSS JOIN LATERAL (VALUES ('paid', o.paid_at), ('returned', o.ended_at)) k (kind, at)
    WHERE o.state IN ('paid', 'booked', 'refund_due', 'refunded') AND (k.kind = 'paid' OR o.state = 'refunded')
    RETURNING answer_id, at
)
INSERT INTO checkout_answer_proved (answer_id, digest, at) SELECT answer_id, '', at FROM told
"""
KINDS, SOME = models.Q(kind__in=["paid", "returned"]), models.Q(amount_fen__gt=0)


class Migration(migrations.Migration):
    dependencies = [("checkout", "0002_back")]
    operations = [
        migrations.CreateModel(
            name="PayAnswer",
            fields=[
                ("answer_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("order_no", models.CharField(db_index=True, max_length=32)),
                ("kind", models.CharField(max_length=8)),
                ("method", models.CharField(max_length=16)),
                ("trade_no", models.CharField(blank=True, max_length=64)),
                ("amount_fen", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("sealed", models.BinaryField()),
            ],
            options={
                "db_table": "checkout_answer",
                "constraints": [
                    models.CheckConstraint(condition=KINDS, name="checkout_answer_kind"),
                    models.CheckConstraint(condition=SOME, name="checkout_answer_amount"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AnswerProved",
            fields=[
                ("answer", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True,
                                                serialize=False, to="checkout.payanswer")),
                ("digest", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "checkout_answer_proved"},
        ),
        migrations.RunSQL(BEFORE),
    ]
