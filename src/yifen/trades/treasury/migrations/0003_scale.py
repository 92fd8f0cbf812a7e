"""The day on which a line was paid, for reports; made beside what goes on."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("treasury", "0002_quota"), ("cards", "0004_scale")]
    operations = [
        migrations.RunSQL([
            "DROP INDEX CONCURRENTLY IF EXISTS treasury_line_paid",
            "CREATE INDEX CONCURRENTLY treasury_line_paid ON treasury_line (paid_on) WHERE result = 'paid'",
        ])
    ]  # fmt: skip
