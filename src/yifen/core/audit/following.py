"""Going along the trail: what was done to some things since the last look. Its entries are numbered without gaps in
the order of their commits, so whoever keeps the last number misses nothing and sees nothing twice."""

from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)
_FOLLOWING, _HEAD = _SQL["following"], _SQL["head"]


class FollowedEntry(NamedTuple):
    """What was done: `after` holds a new row whole, and of a changed one what changed."""

    at: datetime
    action: str
    subject: str
    subject_key: str
    after: dict[str, Any] | None


class Followed(NamedTuple):
    """Entries, oldest first, and where to go on; `more`: the trail has more."""

    entries: list[FollowedEntry]
    position: dict[str, Any]
    more: bool


def follow(
    conn: psycopg.Connection[Any], position: dict[str, Any], subjects: tuple[str, ...], most: int
) -> Followed:
    """Of the next `most` entries behind `position` those about these things; {} is the end of the trail."""
    row = conn.execute(_HEAD).fetchone()
    assert row is not None
    head = int(row[0])
    after = int(position.get("entry_no", head))
    upto = min(head, after + most)
    found = conn.execute(_FOLLOWING, {"after": after, "upto": upto, "subjects": list(subjects)}).fetchall()
    return Followed([FollowedEntry(*entry) for entry in found], {"entry_no": upto}, upto < head)
