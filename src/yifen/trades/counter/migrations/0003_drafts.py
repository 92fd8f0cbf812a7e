"""The few drafts are found without reading the journal: the cut ends those of its day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("counter", "0002_refunds")]
    operations = [
        migrations.AddIndex(
            "Entry", models.Index(fields=["business_day"], condition=models.Q(state="draft"), name="entry_drafts"),
        ),
    ]  # fmt: skip
