"""A drawer's opening beside what its teller left in it, and a supervisor's word on the difference."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("counter", "0006_vouchers")]
    operations = [
        migrations.AddField("Shift", "left_fen", models.BigIntegerField(blank=True, null=True)),
        migrations.AddField("Shift", "opening_authorisation", models.ForeignKey(
            blank=True, null=True, on_delete=models.deletion.PROTECT, related_name="+", to="access.authorisation")),
        migrations.AddIndex("Shift", models.Index(fields=["teller", "-id"], name="shift_teller")),
    ]  # fmt: skip
