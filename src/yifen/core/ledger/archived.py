"""How far the archive 归档 goes: what is out of the database, and what stands in its place (decision 0032)."""

from datetime import date
from typing import Any, NamedTuple

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.core.ledger.chain import BucketReplay

_SQL = queries(__package__)
_ARCHIVED, _END = _SQL["archived"], _SQL["archived_end"]


class Archived(NamedTuple):
    """Payments, transfers and batches with numbers below `below` are out; of business days behind `until_day`
    nothing is (None: of none). Payments below `frozen` are not changed any more."""

    below: int
    frozen: int
    until_day: date | None


def archived(conn: psycopg.Connection[Any]) -> Archived:
    """As it stands now."""
    return Archived(*conn.execute(_ARCHIVED).fetchall()[0])


def begun(conn: psycopg.Connection[Any], bucket: int, partition_no: int | None = None) -> BucketReplay:
    """A replay that goes on where the archive ends, or behind this partition; from the beginning where nothing
    is archived."""
    replay = BucketReplay(bucket)
    for batch_no, transfer_no, hash_, balances in conn.execute(_END, (bucket, partition_no)).fetchall():
        replay.begin_behind(batch_no, transfer_no, hash_, balances)
    return replay
