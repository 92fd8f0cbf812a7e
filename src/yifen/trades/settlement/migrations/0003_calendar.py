"""The holidays and make-up days that are known; rows that are there stay as they are."""

from django.db import migrations

from yifen.trades.settlement.calendar_seed import rows


def fill(apps, schema_editor):
    days = apps.get_model("settlement", "CalendarDay")
    found = [days(day=day, kind=kind, name=name) for day, kind, name in rows()]
    days.objects.bulk_create(found, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("settlement", "0002_sql")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
