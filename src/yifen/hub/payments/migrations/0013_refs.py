"""The index by which a payable is found by its biller's number of it; made while bills go on being imported.

By its hash: the same number stands at many payers, and such an index holds each once. A payable's changes touch it
not at all. Not atomic: an attempt that was broken off leaves an invalid index, which the next one drops first.
"""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("payments", "0012_sandbox_faults")]
    operations = [
        migrations.RunSQL(
            [
                "DROP INDEX CONCURRENTLY IF EXISTS payable_ref",
                "CREATE INDEX CONCURRENTLY payable_ref ON payable (hashtext(ref))",
            ]
        )
    ]
