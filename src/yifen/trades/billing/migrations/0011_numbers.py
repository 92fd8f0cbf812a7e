"""The index by which bills are listed by their number; made while runs go on.

Not atomic: an attempt that was broken off leaves an invalid index, which the next one drops first.
"""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("billing", "0010_estimates")]
    operations = [
        migrations.RunSQL(
            [
                "DROP INDEX CONCURRENTLY IF EXISTS billing_bill_number",
                "CREATE UNIQUE INDEX CONCURRENTLY billing_bill_number ON billing_bill (bill_id)",
            ]
        )
    ]
