"""Orders whose payment was taken back while nobody told the order: the money is due to the payer."""

from django.db import migrations

# 5108: OrderCode.PAYMENT_TAKEN_BACK
SQL = """
UPDATE checkout_order o SET state = 'refund_due', code = 5108, settle_at = o.paid_at, tries = 0
FROM payment y
WHERE y.bucket = o.payment_id % 1000 AND y.payment_id = o.payment_id AND o.state = 'booked'
    AND y.payer_state IN ('returned', 'refunded')
"""


class Migration(migrations.Migration):
    dependencies = [("checkout", "0001_initial"), ("payments", "0009_owners")]
    operations = [migrations.RunSQL(SQL)]
