"""When a book's end of day runs by itself."""

from django.db import models


class Schedule(models.Model):
    """From which local time on, after the cut, the night of a book may run (X4)."""

    book_id = models.IntegerField(primary_key=True)
    starts_at = models.TimeField()
    automatic = models.BooleanField(default=True)

    class Meta:
        db_table = "eod_schedule"
