"""The night's step, and the task."""

from typing import Any

from yifen.hub.night import Night


def empty(conn: Any, night: Night) -> dict[str, Any]:
    """Every box is looked into."""
    (boxes,) = conn.execute("SELECT count(*) FROM tally_box").fetchone()
    return {"sums": {"boxes": boxes}}


def count() -> int:
    """The boxes there are."""
    from tests.trade.tally.models import Box

    return Box.objects.count()
