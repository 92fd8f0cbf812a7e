"""Taking a biller's file in: its bytes are kept, its rows only when every one is right."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from tempfile import SpooledTemporaryFile
from types import MappingProxyType
from typing import Any, BinaryIO, NamedTuple, cast

import psycopg

from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.hub.payments.names import sealed_name
from yifen.hub.payments.proof.odd_accounts import odd_accounts
from yifen.trades.bills.codes import BillCode
from yifen.trades.bills.reading import BYTES_MAX, encoding_of, rows_of
from yifen.trades.bills.rules import FiledBill, RowCheck, RowFault

PIECE_ROWS = 1_000
"""Rows of one bucket that one transaction imports: charges of that bucket wait for it."""
PART_BYTES = 1 << 20
NONE: Mapping[str, str] = MappingProxyType({})
_SQL = queries(__package__)
Conn = psycopg.Connection[Any]


class HostedBiller(NamedTuple):
    """A biller whose bills come by file."""

    id: int
    code: str
    name: str


class CheckedRow(NamedTuple):
    """A line of the file: its cells, the bill that they are or what is wrong with them."""

    line_no: int
    cells: list[str]
    bill: FiledBill | None
    faults: list[RowFault]


def hosted(conn: Conn, of: str) -> HostedBiller:
    """By id or code. Refused BILLS_REMOTE: it has a system of its own, or there is no such biller."""
    row = conn.execute(_SQL["hosted"], {"of": of}).fetchone()
    if row is None:
        raise Refused(BillCode.BILLS_REMOTE, "biller", of)
    return HostedBiller(*row)


def others(conn: Conn, biller_code: str) -> dict[str, str]:
    """The biller's accounts of before that are not in the one form, by it."""
    return {plain: account_no for _, account_no, plain in odd_accounts(conn, biller_code)}


def check(stream: BinaryIO, biller_code: str, odd: Mapping[str, str] = NONE) -> Iterator[CheckedRow]:
    """The header, without bill or fault, then every row; `odd`: of `others`. Refused as reading and
    header refuse."""
    lines = rows_of(stream, encoding_of(stream))
    line_no, header = next(lines, (0, []))
    rules = RowCheck(header, biller_code, odd)
    yield CheckedRow(line_no, header, None, [])
    for number, cells in lines:
        bill, faults = rules.read(number, cells)
        yield CheckedRow(number, cells, bill, faults)


def take_in(
    conn: Conn, biller: HostedBiller, stream: BinaryIO, name: str, login: str, now: datetime, buckets: int
) -> int:
    """The file's number; the same bytes again are the same file. One transaction. Refused as `check`
    refuses, BILLS_TOO_LARGE."""
    digest, size = _digest(stream)
    with conn.transaction():
        known = conn.execute(_SQL["known"], (biller.id, digest)).fetchone()
        if known is not None:
            return int(known[0])
        rows = wrong = due_fen = 0
        odd = others(conn, biller.code)
        for line in check(stream, biller.code, odd):
            rows += line.bill is not None or bool(line.faults)
            wrong += bool(line.faults)
            due_fen += line.bill.due_fen if line.bill else 0
        added = conn.execute(_SQL["add_file"], (biller.id, name[:200], digest, size, rows, wrong, due_fen,
                                                now, login)).fetchone()  # fmt: skip
        assert added is not None
        file_id = int(added[0])
        _keep_bytes(conn, file_id, stream)
        if not wrong:
            _keep_rows(conn, file_id, biller, stream, buckets)
        return file_id


@contextmanager
def kept_bytes(conn: Conn, file_id: int) -> Iterator[BinaryIO]:
    """The file as it came. Refused OUT_OF_SCOPE: nothing of it is kept."""
    with SpooledTemporaryFile(max_size=PART_BYTES) as whole:
        for number, body in conn.execute(_SQL["parts"], (file_id,)):
            whole.write(key_ring().open(body, _place(file_id, number)))
        if not whole.tell():
            raise Refused(Code.OUT_OF_SCOPE, "file")
        yield cast(BinaryIO, whole)


def _keep_rows(conn: Conn, file_id: int, biller: HostedBiller, stream: BinaryIO, buckets: int) -> None:
    """Row by row, each in a piece of its bucket that is not full."""
    open_pieces: dict[int, tuple[int, int]] = {}
    ring, pieces = key_ring(), 0
    with conn.cursor().copy(_SQL["copy_rows"]) as copy:
        for line in check(stream, biller.code):
            if (bill := line.bill) is None:
                continue
            bucket = account_bucket(biller.id, bill.account_no, buckets)
            piece, full = open_pieces.get(bucket, (0, PIECE_ROWS))
            if full == PIECE_ROWS:
                piece, full, pieces = pieces, 0, pieces + 1
            open_pieces[bucket] = piece, full + 1
            name = sealed_name(ring, biller.id, bill.account_no, bill.name)
            copy.write_row((file_id, piece, bill.line_no, bucket, bill.account_no, name, *bill[3:]))


def _digest(stream: BinaryIO) -> tuple[bytes, int]:
    whole, size = hashlib.sha256(), 0
    for part in _parts(stream):
        whole.update(part)
        size += len(part)
        if size > BYTES_MAX:
            raise Refused(BillCode.BILLS_TOO_LARGE, "file")
    return whole.digest(), size


def _keep_bytes(conn: Conn, file_id: int, stream: BinaryIO) -> None:
    ring = key_ring()
    for number, part in enumerate(_parts(stream)):
        conn.execute(_SQL["add_part"], (file_id, number, ring.seal(part, _place(file_id, number))))


def _place(file_id: int, part_no: int) -> str:
    """A part that is moved opens no longer; `plug` says the same in SQL."""
    return f"bill_file_part:{file_id}:{part_no}"


def _parts(stream: BinaryIO) -> Iterator[bytes]:
    stream.seek(0)
    while part := stream.read(PART_BYTES):
        yield part
