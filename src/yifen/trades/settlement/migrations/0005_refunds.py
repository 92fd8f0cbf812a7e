"""Where a refund's money comes from once the day was settled; days that were, are told to payments."""

from django.db import migrations, models

REFUNDS = [("account", "即从结算账户扣除"), ("claim", "记为下次结算的追偿")]


class Migration(migrations.Migration):
    dependencies = [("settlement", "0004_sealed"), ("payments", "0008_claims")]
    operations = [
        migrations.AddField(
            "agreement",
            "refunds",
            models.CharField(
                max_length=7, choices=REFUNDS, db_default="account", default="account"
            ),
        ),
        migrations.RunSQL(
            "INSERT INTO biller_settled SELECT biller_id, business_day, false FROM settlement",
            migrations.RunSQL.noop,
        ),
    ]
