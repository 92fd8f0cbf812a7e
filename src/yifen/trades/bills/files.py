"""Taking a biller's file in: its bytes are kept, its rows only when every one is right."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from types import MappingProxyType
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
from yifen.trades.bills.codes import BillCode
from yifen.trades.bills.rules import FILING, FiledBill, RowCheck

NONE: Mapping[str, str] = MappingProxyType({})
_SQL = queries(__package__)
Conn = psycopg.Connection[Any]


class HostedBiller(NamedTuple):
    """A biller whose bills come by file."""

    id: int
    code: str
    name: str


CheckedBill = CheckedRow[FiledBill]


def hosted(conn: Conn, of: str) -> HostedBiller:
    """By id or code. Refused BILLS_REMOTE: it has a system of its own, or there is no such biller; BILLS_SOLE."""
    row = conn.execute(_SQL["hosted"], {"of": of}).fetchone()
    if row is None:
        raise Refused(BillCode.BILLS_REMOTE, "biller", of)
    if row[3]:
        raise Refused(BillCode.BILLS_SOLE, "biller", of)
    return HostedBiller(*row[:3])


def others(conn: Conn, biller_code: str) -> dict[str, str]:
    """The biller's accounts of before that are not in the one form, by it."""
    return {plain: account_no for _, account_no, plain in odd_accounts(conn, biller_code)}


def check(stream: BinaryIO, biller_code: str, odd: Mapping[str, str] = NONE) -> Iterator[CheckedBill]:
    """The header, without bill or fault, then every row; `odd`: of `others`. Refused as reading and
    header refuse."""
    lines = rows_of(stream, encoding_of(stream, FILING), FILING)
    line_no, header = next(lines, (0, []))
    rules = RowCheck(header, biller_code, odd)
    yield CheckedBill(line_no, header, None, [])
    for number, cells in lines:
        bill, faults = rules.read(number, cells)
        yield CheckedBill(number, cells, bill, faults)


def take_in(
    conn: Conn, biller: HostedBiller, stream: BinaryIO, name: str, login: str, now: datetime, buckets: int
) -> int:
    """The file's number; the same bytes again are the same file. One transaction. Refused as `check`
    refuses, BILLS_TOO_LARGE."""
    digest, size = digest_of(stream, FILING)
    with conn.transaction():
        known = conn.execute(_SQL["known"], (biller.id, digest)).fetchone()
        if known is not None:
            return int(known[0])
        rows = wrong = due_fen = 0
        odd = others(conn, biller.code)
        for line in check(stream, biller.code, odd):
            rows += line.row is not None or bool(line.faults)
            wrong += bool(line.faults)
            due_fen += line.row.due_fen if line.row else 0
        added = conn.execute(_SQL["add_file"], (biller.id, name[:200], digest, size, rows, wrong, due_fen,
                                                now, login)).fetchone()  # fmt: skip
        assert added is not None
        file_id = int(added[0])
        for number, body in sealed_parts(stream, partial(_place, file_id)):
            conn.execute(_SQL["add_part"], (file_id, number, body))
        if not wrong:
            _keep_rows(conn, file_id, biller, stream, buckets)
        return file_id


@contextmanager
def kept_bytes(conn: Conn, file_id: int) -> Iterator[BinaryIO]:
    """The file as it came. Refused OUT_OF_SCOPE: nothing of it is kept."""
    parts = conn.execute(_SQL["parts"], (file_id,))
    with opened_parts(parts, partial(_place, file_id)) as stream:
        yield stream


def _keep_rows(conn: Conn, file_id: int, biller: HostedBiller, stream: BinaryIO, buckets: int) -> None:
    """Row by row, each in a piece of its bucket that is not full."""
    ring, pieces = key_ring(), BucketPieces(PIECE_ROWS)
    with conn.cursor().copy(_SQL["copy_rows"]) as copy:
        for line in check(stream, biller.code):
            if (bill := line.row) is None:
                continue
            bucket = account_bucket(biller.id, bill.account_no, buckets)
            name = sealed_name(ring, biller.id, bill.account_no, bill.name)
            copy.write_row((file_id, pieces.of(bucket), bill.line_no, bucket, bill.account_no, name, *bill[3:]))


def _place(file_id: int, part_no: int) -> str:
    """A part that is moved opens no longer; `plug` says the same in SQL."""
    return f"bill_file_part:{file_id}:{part_no}"
