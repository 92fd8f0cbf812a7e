"""The night's part of the demo's world: its hour."""

from datetime import time

from yifen.hub.sample import Sample


def prepare(sample: Sample) -> None:
    """The book's night begins at half past midnight."""
    from yifen.night.models import Schedule

    Schedule.objects.create(book_id=sample.book_id, starts_at=time(0, 30))
