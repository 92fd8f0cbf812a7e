"""Lines of a partner's file into the database by COPY: as rows, or many of them as packs."""

from collections.abc import Callable
from itertools import islice
from typing import Any, BinaryIO

import msgspec
import psycopg

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.sqlfiles import queries
from yifen.trades.reconciliation.packing import Packs
from yifen.trades.reconciliation.readers.block import Block, of_rows
from yifen.trades.reconciliation.readers.reading import Reading
from yifen.trades.reconciliation.rows import Row
from yifen.trades.reconciliation.sending import Sender

ROWS_AT_ONCE = 2_000
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_SQL = queries(__package__)
_COPY, _SEED = _SQL["copy_rows"], _SQL["seed"]


class FileTotals(msgspec.Struct):
    """What the rows of a file add up to; `amount_fen` is net."""

    rows: int = 0
    amount_fen: int = 0
    fee_fen: int = 0


def copy_rows(
    conn: psycopg.Connection[Any], file_id: int, reading: Reading, account: Callable[[str], str] = clean_account
) -> FileTotals:
    """All lines of one file into `recon_row`, each account number as `account` makes it. Whatever the reader
    raises goes on; the caller's transaction ends."""
    totals, rows = FileTotals(), iter(reading)
    with conn.cursor().copy(_COPY) as copy:
        while piece := list(islice(rows, ROWS_AT_ONCE)):
            copy.write("".join([_line(file_id, row, account) for row in piece]))
            totals.rows += len(piece)
            totals.amount_fen += sum([row.signed_fen for row in piece])
            totals.fee_fen += sum([row.fee_fen for row in piece])
    return totals


def copy_packs(
    conn: psycopg.Connection[Any], file_id: int, reading: Reading, stream: BinaryIO
) -> FileTotals:
    """Its bytes, and where the lines stand in them, in packs; payers' accounts in their one form."""
    totals = FileTotals()
    found = conn.execute(_SEED).fetchone()
    assert found is not None
    with Sender(conn, file_id, stream) as sender:
        packs = Packs(file_id, found[0], reading.in_place, sender.packs, sender.texts)
        for piece in reading.pieces(ROWS_AT_ONCE):
            if not piece:
                continue
            block = piece if isinstance(piece, Block) else of_rows(piece, clean_account)
            packs.add(block)
            totals.rows += block.lines
            totals.amount_fen += block.net_fen
            totals.fee_fen += block.fee_fen
        packs.end()
    return totals


def _line(file_id: int, row: Row, account: Callable[[str], str]) -> str:
    at = row.at.isoformat(" ") if row.at else "\\N"
    return (
        f"{file_id}\t{row.kind}\t{row.fee_fen}\t{_text(row.original)}\t{_text(row.batch)}\t"
        f"{row.line_no}\t{row.amount_fen}\t{at}\t{_text(row.serial)}\t{_text(row.ref)}\t"
        f"{_text(account(row.account_no) if row.account_no else '')}\n"
    )


def _text(value: str) -> str:
    """As COPY reads it: our own file may hold any character, escaped."""
    return value.translate(_ESCAPED) if value else "\\N"
