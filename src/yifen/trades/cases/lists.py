"""The court's list of cases 案件清单: kept as it came, seen before anything is opened; then each row that is right
and new is
opened. One row that is wrong holds up no other."""

import io
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, NamedTuple

from django.db import transaction

from yifen.core.access.edge import Access
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.ring import key_ring
from yifen.face.filed.cells import CheckedRow, RowFault
from yifen.face.filed.headed import Headed, LeftAside, headed
from yifen.face.filed.keeping import digest_of
from yifen.face.filed.reading import encoding_of, rows_of
from yifen.face.plain import plain_connection
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.list_rows import FILING, ListCheck, ListedCase
from yifen.trades.cases.opening import open_case
from yifen.trades.cases.reading import rows

CheckedCase = CheckedRow[ListedCase]
_SQL = queries(__package__)


class CaseList(NamedTuple):
    """A list as it came; its bytes sealed."""

    list_id: int
    court_id: int
    court_code: str
    court: str
    name: str
    sha256: bytes
    body: bytes
    received_at: datetime
    received_by: str


def take_in(access: Access, court_id: int, stream: BinaryIO, name: str, login: str, at: datetime) -> int:
    """Its number; the same bytes are the same list. Nothing is opened. One transaction. Refused: OUT_OF_SCOPE,
    COURT_UNKNOWN, LIST_TOO_LARGE, and as reading and header refuse."""
    if not access.scope.has_partner(court_id):
        raise Refused(Code.OUT_OF_SCOPE, "court")
    code = rows("court_code", (court_id,))
    if not code:
        raise Refused(CaseCode.COURT_UNKNOWN, "court")
    digest, _size = digest_of(stream, FILING)
    next(_checked(code[0][0], stream))
    with plain_connection() as conn:
        known = conn.execute(_SQL["list_known"], (court_id, digest)).fetchone()
        if known is not None:
            return int(known[0])
        stream.seek(0)
        body = key_ring().seal(stream.read(), f"court_list:{digest.hex()}")
        added = conn.execute(_SQL["list_add"], (court_id, name[:200], digest, body, at, login)).fetchall()
        return int(added[0][0])


def found(list_id: int) -> CaseList:
    """Refused OUT_OF_SCOPE: there is none."""
    row = rows("list", (list_id,))
    if not row:
        raise Refused(Code.OUT_OF_SCOPE, "list")
    return CaseList(*row[0])


def kept_bytes(asked: CaseList) -> BinaryIO:
    """As it came, opened."""
    return io.BytesIO(key_ring().open(bytes(asked.body), f"court_list:{asked.sha256.hex()}"))


def check(asked: CaseList) -> list[CheckedCase]:
    """The header, then every row, as things stand: a case that was there before the list came is a fault of its row;
    one that was opened since is `is_open`."""
    header, *lines = _checked(asked.court_code, kept_bytes(asked))
    new = [line.row.new for line in lines if line.row]
    there, since, free = rows("known_of", {
        "court": asked.court_id, "numbers": [one.number for one in new], "at": asked.received_at,
        "accounts": [one.account_no for one in new if one.account_no]})[0]  # fmt: skip
    known, opened, unused = set(there), set(since), set(free)

    def told(line: CheckedCase) -> CheckedCase:
        if line.row is None:
            return line
        account_no = line.row.new.account_no
        if line.row.new.number in opened:
            return line._replace(row=line.row._replace(is_open=True))
        faults = [RowFault(CaseCode.CASE_EXISTS)] if line.row.new.number in known else \
            [RowFault(CaseCode.LIST_ACCOUNT,
                      account_no)] if account_no and account_no not in unused else []  # fmt: skip
        return line._replace(faults=faults)

    return [header, *map(told, lines)]


def open_all(access: Access, asked: CaseList, now: datetime) -> tuple[int, list[tuple[int, Refused]]]:
    """How many were opened, and which rows were refused meanwhile. Those with a fault are passed over."""
    opened, refused = 0, []
    for line in check(asked)[1:]:
        if line.row is None or line.faults or line.row.is_open:
            continue
        try:
            with transaction.atomic():
                open_case(access, asked.court_id, line.row.new, now)
            opened += 1
        except Refused as why:
            refused.append((line.line_no, why))
    return opened, refused


def _checked(code: str, stream: BinaryIO) -> Iterator[CheckedCase]:
    source = _headed(stream)
    checks = ListCheck(source.header, code)
    yield CheckedCase(source.line_no, source.header, None, [])
    for number, cells in source.lines:
        yield CheckedCase(number, cells, *checks.read(number, cells))


def _headed(stream: BinaryIO) -> Headed:
    return headed(rows_of(stream, encoding_of(stream, FILING), FILING), FILING)


def left_aside(asked: CaseList) -> LeftAside:
    """What of it is not read."""
    source = _headed(kept_bytes(asked))
    deque(source.lines, 0)
    return source.aside
