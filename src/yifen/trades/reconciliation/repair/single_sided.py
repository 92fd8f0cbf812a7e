"""The single-sided items file 单边账文件: what a partner is asked to put right, of one of its days.

Text in the partner's encoding, each line ended by LF, after the manner of the hub's daily file:
    H|1|partner|business_day|count
    S|class|serial|kind|ours_fen|theirs_fen|at|item_id|asked
    T|count|sha256 of all bytes before this line
Kind is ours, or theirs where we have none; an amount or time that nobody has is empty; times are
local wall clock. Asked: `book` what we have and they lack, `reverse` what they have and we lack,
`correct` an amount or a fee. The order is that of the items.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.trades.reconciliation.repair.items import Connection

VERSION = 1
ROWS_AT_ONCE = 5_000
_SQL = queries(__package__)
_PARTNER = _SQL["partner"]
_COUNT = _SQL["told_count"]
_LINES = _SQL["told_lines"]
# Their serial may hold anything; a bar or a line end would be another column or line.
_UNSAFE = re.compile(r"[|\x00-\x1f\x7f]")


def write(conn: Connection, partner_id: int, day: date) -> Iterator[bytes]:
    """The file, a line a chunk, out of one snapshot that is held until the last one was taken.
    Refused PARTNER_UNKNOWN."""
    partner = conn.execute(_PARTNER, (partner_id,)).fetchone()
    if partner is None:
        raise Refused(Code.PARTNER_UNKNOWN, "partner", str(partner_id))
    return _lines(conn, partner, {"partner": partner_id, "day": day})


def _lines(conn: Connection, partner: tuple[Any, ...], params: dict[str, Any]) -> Iterator[bytes]:
    code, encoding = partner
    whole = hashlib.sha256()
    with conn.transaction():
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = conn.execute(_COUNT, params).fetchone()
        assert row is not None
        head = _line(encoding, "H", VERSION, code, f"{params['day']:%Y%m%d}", row[0])
        whole.update(head)
        yield head
        with conn.cursor(name="single_sided") as cursor:
            cursor.itersize = ROWS_AT_ONCE
            for found in cursor.execute(_LINES, params):
                line = _line(encoding, "S", *found)
                whole.update(line)
                yield line
    yield _line(encoding, "T", row[0], whole.hexdigest())


def _line(encoding: str, *cells: object) -> bytes:
    texts = ["" if cell is None else _UNSAFE.sub("?", str(cell)) for cell in cells]
    return ("|".join(texts) + "\n").encode(encoding, "replace")
