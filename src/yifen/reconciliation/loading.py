"""Rows into `recon_row` by COPY, block by block."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import msgspec
import psycopg

from yifen.reconciliation.rows import Row

ROWS_AT_ONCE = 2_000
_COPY = """COPY recon_row (file_id, line_no, kind, amount_fen, fee_fen, at, serial, original, ref,
    account_no, batch) FROM STDIN"""


class Totals(msgspec.Struct):
    """What the rows of a file add up to; `amount_fen` is net."""

    rows: int = 0
    amount_fen: int = 0
    fee_fen: int = 0


def copy_rows(conn: psycopg.Connection[Any], file_id: int, rows: Iterable[Row]) -> Totals:
    """All rows of one file. Whatever the reader raises goes on; the caller's transaction ends."""
    totals = Totals()
    with conn.cursor().copy(_COPY) as copy:
        for block in _blocks(rows):
            copy.write("".join([_line(file_id, row) for row in block]))
            totals.rows += len(block)
            totals.amount_fen += sum([row.signed_fen for row in block])
            totals.fee_fen += sum([row.fee_fen for row in block])
    return totals


def _blocks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while block := list(islice(source, ROWS_AT_ONCE)):
        yield block


def _line(file_id: int, row: Row) -> str:
    at = row.at.isoformat(" ") if row.at else "\\N"
    return (
        f"{file_id}\t{row.line_no}\t{row.kind}\t{row.amount_fen}\t{row.fee_fen}\t{at}\t"
        f"{_text(row.serial)}\t{_text(row.original)}\t{_text(row.ref)}\t"
        f"{_text(row.account_no)}\t{_text(row.batch)}\n"
    )


def _text(value: str) -> str:
    """Readers let no control character through, so only the backslash needs care."""
    return value.replace("\\", "\\\\") if value else "\\N"
