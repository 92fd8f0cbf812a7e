"""Taking a file of customers in: its bytes are kept, its rows only when every one is right."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO, NamedTuple

import psycopg

from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.face.filed.cells import CheckedRow
from yifen.face.filed.filing import PIECE_ROWS
from yifen.face.filed.keeping import BucketPieces, digest_of, opened_parts, sealed_parts
from yifen.face.filed.reading import encoding_of, rows_of
from yifen.hub.payments.names import sealed_name
from yifen.hub.payments.proof.odd_accounts import odd_accounts
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.customers.filed_rows import CUSTOMERS, CustomerCheck, FiledCustomer
from yifen.trades.billing.customers.marks import marks_of, sealed_contact

Conn = psycopg.Connection[Any]
CheckedCustomer = CheckedRow[FiledCustomer]
_ODD, _ESCAPED = re.compile(r'(["\\])'), r"\\\1"  # letters that an array of PostgreSQL's has before them, and how
_SQL = queries(__package__)


class BillingBiller(NamedTuple):
    """A company that bills here; `fees`: ids by code and by name."""

    id: int
    code: str
    fees: Mapping[str, int]


def billing_biller(conn: Conn, biller_id: int) -> BillingBiller:
    """Refused BILLER_NOT_BILLING."""
    row = conn.execute(_SQL["billing_biller"], (biller_id,)).fetchone()
    if row is None:
        raise Refused(BillingCode.BILLER_NOT_BILLING, "biller", str(biller_id))
    fees: dict[str, int] = {}
    for fee_id, code, name in conn.execute(_SQL["fees"], (biller_id,)).fetchall():
        fees |= {name: fee_id, code: fee_id}
    return BillingBiller(row[0], row[1], fees)


def check(stream: BinaryIO, fees: Mapping[str, int], odd: Mapping[str, str]) -> Iterator[CheckedCustomer]:
    """The header, without customer or fault, then every row. Refused as reading and header refuse."""
    lines = rows_of(stream, encoding_of(stream, CUSTOMERS), CUSTOMERS)
    line_no, header = next(lines, (0, []))
    rules = CustomerCheck(header, fees, odd)
    yield CheckedCustomer(line_no, header, None, [])
    for number, cells in lines:
        row, faults = rules.read(number, cells)
        yield CheckedCustomer(number, cells, row, faults)


def check_again(conn: Conn, stream: BinaryIO, biller: BillingBiller) -> Iterator[CheckedCustomer]:
    """As it would be checked now."""
    odd = {plain: account_no for _, account_no, plain in odd_accounts(conn, biller.code)}
    return check(stream, biller.fees, odd)


def take_in(
    conn: Conn, biller: BillingBiller, stream: BinaryIO, name: str, login: str, now: datetime, buckets: int
) -> int:
    """The file's number; the same bytes again are the same file. One transaction. Refused as `check` refuses,
    CUSTOMERS_TOO_LARGE."""
    digest, size = digest_of(stream, CUSTOMERS)
    with conn.transaction():
        known = conn.execute(_SQL["known_file"], (biller.id, "customers", digest)).fetchone()
        if known is not None:
            return int(known[0])
        row = conn.execute(_SQL["next_file"]).fetchone()
        assert row is not None
        file_id = int(row[0])
        rows, wrong = _keep_rows(conn, file_id, biller, stream, buckets)
        keep(conn, file_id, biller.id, "customers", stream, name, digest, size, rows, wrong, now, login)
        return file_id


def keep(
    conn: Conn, file_id: int, biller_id: int, kind: str, stream: BinaryIO, name: str, digest: bytes, size: int,
    rows: int, wrong: int, now: datetime, login: str,
) -> None:  # fmt: skip
    """The bytes of a file, sealed."""
    values = (file_id, biller_id, kind, name[:200], digest, size, rows, wrong, now, login)
    conn.execute(_SQL["add_file"], values)
    for number, body in sealed_parts(stream, partial(_place, file_id)):
        conn.execute(_SQL["add_part"], (file_id, number, body))


@contextmanager
def kept_bytes(conn: Conn, file_id: int) -> Iterator[BinaryIO]:
    """The file as it came. Refused OUT_OF_SCOPE: nothing of it is kept."""
    parts = conn.execute(_SQL["parts"], (file_id,))
    with opened_parts(parts, partial(_place, file_id)) as stream:
        yield stream


class _Faulty(Exception):
    """A row is wrong, so none is kept."""


def _keep_rows(
    conn: Conn, file_id: int, biller: BillingBiller, stream: BinaryIO, buckets: int
) -> tuple[int, int]:
    """How many rows there are, and how many are wrong. Each in a piece of its bucket that is not full; with one that
    is wrong, none."""
    rows = wrong = 0
    lines = check_again(conn, stream, biller)
    try:
        with conn.transaction(), conn.cursor().copy(_SQL["copy_rows"]) as copy:
            for staged in _staged(lines, biller.id, buckets):
                rows += 1
                copy.write_row((file_id, *staged))
    except _Faulty:
        rows, wrong = rows + 1, 1
        for line in lines:
            rows += 1
            wrong += bool(line.faults)
    return rows, wrong


def _staged(lines: Iterator[CheckedCustomer], biller_id: int, buckets: int) -> Iterator[tuple[Any, ...]]:
    """As `billing_row` keeps them."""
    ring, pieces = key_ring(), BucketPieces(PIECE_ROWS)
    next(lines)
    for line in lines:
        if (row := line.row) is None:
            raise _Faulty
        bucket = account_bucket(biller_id, row.account_no, buckets)
        name = sealed_name(ring, biller_id, row.account_no, row.name)
        marks, place = _array(map(str, marks_of(ring, biller_id, row.name))), _array(row.place)
        yield (pieces.of(bucket), row.line_no, bucket, row.account_no, name, marks, place, row.persons,
               sealed_contact(ring, biller_id, row.account_no, row.phone), *row[6:])


def _array(items: Iterable[str]) -> str:
    """As PostgreSQL reads an array: a list is written item by item, which takes longer than all the rest of its row."""
    return "{" + ",".join(f'"{_ODD.sub(_ESCAPED, item)}"' for item in items) + "}"


def _place(file_id: int, part_no: int) -> str:
    """A part that is moved opens no longer; `plug` says the same in SQL."""
    return f"billing_file_part:{file_id}:{part_no}"
