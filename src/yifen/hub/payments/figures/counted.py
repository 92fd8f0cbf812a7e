"""What `verify` read of each trade, as its plug counts it: how many rows, their sum."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from yifen.core.facts.plug import Proves, Text
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import plugs

_COUNTED = queries(__package__)["counted"]


class ReadOfTrade(NamedTuple):
    """Of a trade: what was read, how many, their sum in fen if they have one."""

    trade: str
    rows: list[tuple[Text, int, int | None]]


def proved(conn: psycopg.Connection[Any]) -> Iterator[ReadOfTrade]:
    """What was read of each trade, as its plug counts it; what there is none of is left out."""
    for plug in plugs():
        rows = [(row.text, *conn.execute(_counting(row)).fetchall()[0]) for row in plug.proves]
        if told := [row for row in rows if row[1]]:
            yield ReadOfTrade(plug.name.rpartition(".")[2], told)


def _counting(row: Proves) -> sql.Composed:
    return sql.SQL(_COUNTED).format(
        fen=sql.SQL(row.fen or "NULL::bigint"), table=sql.Identifier(row.table), when=sql.SQL(row.when))  # fmt: skip
