"""Rows into `recon_row` by COPY, block by block."""

from collections.abc import Callable
from typing import Any

import msgspec
import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.trades.reconciliation.readers.hub_columns import Block
from yifen.trades.reconciliation.readers.reading import Reading
from yifen.trades.reconciliation.rows import Row

ROWS_AT_ONCE = 2_000
_COPY = queries(__package__)["copy_rows"]


class FileTotals(msgspec.Struct):
    """What the rows of a file add up to; `amount_fen` is net."""

    rows: int = 0
    amount_fen: int = 0
    fee_fen: int = 0


def copy_rows(
    conn: psycopg.Connection[Any], file_id: int, reading: Reading, account: Callable[[str], str] = str
) -> FileTotals:
    """All rows of one file, each account number as `account` makes it. Whatever the reader raises goes
    on; the caller's transaction ends."""
    totals = FileTotals()
    with conn.cursor().copy(_COPY) as copy:
        for piece in reading.pieces(b"%d" % file_id, ROWS_AT_ONCE):
            if isinstance(piece, Block):
                copy.write(piece.copy)
                totals.rows += piece.lines
                totals.amount_fen += piece.net_fen
            elif piece:
                copy.write("".join([_line(file_id, row, account) for row in piece]))
                totals.rows += len(piece)
                totals.amount_fen += sum([row.signed_fen for row in piece])
                totals.fee_fen += sum([row.fee_fen for row in piece])
    return totals


def _line(file_id: int, row: Row, account: Callable[[str], str]) -> str:
    at = row.at.isoformat(" ") if row.at else "\\N"
    return (
        f"{file_id}\t{row.kind}\t{row.fee_fen}\t{_text(row.original)}\t{_text(row.batch)}\t"
        f"{row.line_no}\t{row.amount_fen}\t{at}\t{_text(row.serial)}\t{_text(row.ref)}\t"
        f"{_text(account(row.account_no) if row.account_no else '')}\n"
    )


def _text(value: str) -> str:
    """Readers let no control character through, so only the backslash needs care."""
    return value.replace("\\", "\\\\") if value else "\\N"
