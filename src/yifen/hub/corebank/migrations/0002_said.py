"""A move is found by the serial that its core gave it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("corebank", "0001_tables")]
    operations = [migrations.RunSQL(
        "CREATE INDEX core_move_said ON core_move (core_serial) WHERE core_serial <> ''")]  # fmt: skip
