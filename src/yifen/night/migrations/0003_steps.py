"""Which steps there are the plugs say: a list of them in the table refused every step of a new trade."""

from django.db import migrations

SQL = """
ALTER TABLE eod_step DROP CONSTRAINT eod_step_step_check,
    ADD CONSTRAINT eod_step_name CHECK (step ~ '^[a-z_]{1,32}$')
"""


class Migration(migrations.Migration):
    dependencies = [("endofday", "0002_sql")]
    operations = [migrations.RunSQL(SQL)]
