"""Payouts that go by file: instructed ones leave in exactly one file, which is kept as written."""

from datetime import date, datetime
from typing import Any

import psycopg
from msgspec import Struct

from yifen.core.facts.codes import Code
from yifen.core.facts.days import ZONE
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.operations.sending import order_of, payout_of
from yifen.trades.settlement.payment_files import ENDINGS, WRITE, PayoutBatch

PAYOUTS_MAX = 10_000
_SQL = queries(__package__)
TAKE_SQL = _SQL["take_for_file"]
FILE_SQL = _SQL["keep_payout_file"]
READ_SQL = _SQL["payout_file"]
CODE_SQL = _SQL["partner_code"]
NUMBER_SQL = _SQL["next_document"]
FILES_DUE = _SQL["files_due"]


class Written(Struct, frozen=True):
    """A file of payouts."""

    file_no: int
    name: str
    payouts: int
    amount_fen: int
    body: bytes


def write(
    conn: psycopg.Connection[Any], bank_id: int, on: date, form: str, now: datetime
) -> Written | None:
    """Every instructed payout of a bank that is due by `on`, in one file; they are sent from then
    on. None when there is none. `form`: pain001 or csv. Refused: INPUT_INVALID (form)."""
    if form not in WRITE:
        raise Refused(Code.INPUT_INVALID, "form", form[:20])
    with conn.transaction():
        rows = conn.execute(TAKE_SQL, (bank_id, on, now, PAYOUTS_MAX)).fetchall()
        if not rows:
            return None
        documents = [row[0] for row in rows]
        orders = tuple(order_of(payout_of(conn, document)) for document in documents)
        (code,), (number,) = _one(conn, CODE_SQL, bank_id), _one(conn, NUMBER_SQL)
        batch = PayoutBatch(f"PF{on:%Y%m%d}-{number}", now.astimezone(ZONE), on, orders)
        name = f"{batch.number}-{code}.{ENDINGS[form]}"
        body = WRITE[form](batch)
        kept = key_ring().seal(body, _context(name))
        (file_no,) = _one(conn, FILE_SQL, bank_id, documents, name, batch.total_fen, kept, now)
        return Written(file_no, name, len(documents), batch.total_fen, body)


def read(conn: psycopg.Connection[Any], file_no: int) -> Written:
    """The same bytes again. Refused: PAYOUT_UNKNOWN (no such file). KeyRingError: no key opens it."""
    row = conn.execute(READ_SQL, (file_no,)).fetchone()
    if row is None:
        raise Refused(SettlementCode.PAYOUT_UNKNOWN, "file_no", str(file_no))
    body = key_ring().open(bytes(row[4]), _context(row[1]))
    return Written(row[0], row[1], row[2], row[3], body)


def _context(name: str) -> str:
    """A file's bytes are sealed, for they name accounts; `plug` says the same in SQL."""
    return f"payout_file:{name}"


def _one(conn: psycopg.Connection[Any], statement: str, *values: Any) -> tuple[Any, ...]:
    row = conn.execute(statement, values).fetchone()
    assert row is not None
    return tuple(row)
