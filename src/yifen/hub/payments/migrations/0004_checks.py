"""What reconciliation says of a payment stands in its runs and items, not in the payment: a million
rows that agree are not written again."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_lookup")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE payment DROP COLUMN channel_check, DROP COLUMN biller_check;"
            "DROP TYPE check_state"
        )
    ]
