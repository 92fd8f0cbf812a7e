"""Lists of a bureau 清单: kept as they came; what they would change is seen first, and another person agrees to it. A
list is right as a whole, or it is refused; what it does not name stays as it is."""

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO, NamedTuple

from psycopg.types.json import Jsonb

from yifen.core.access import second
from yifen.core.access.edge import Access, now
from yifen.core.access.models import Authorisation
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.face.filed.cells import CheckedRow, RowFault, plain, read_header
from yifen.face.filed.headed import LeftAside, headed
from yifen.face.filed.keeping import digest_of
from yifen.face.filed.reading import encoding_of, rows_of
from yifen.face.plain import plain_connection
from yifen.trades.budget.bureaus import in_scope
from yifen.trades.budget.codes import BudgetCode
from yifen.trades.budget.list_rows import FILINGS, ListReader, ListRow

KINDS = {"units": Text("预算单位", "Units"), "posts": Text("人员岗位", "Posts"),
         "indicators": Text("指标", "Indicators"), "quota": Text("额度到账", "Quota")}  # fmt: skip
ACTS = {"units": "budget.list", "posts": "budget.list", "indicators": "budget.grant", "quota": "budget.quota"}
PERMISSIONS = {"units": "budget.directory", "posts": "budget.directory", "indicators": "budget.move",
               "quota": "budget.move"}  # fmt: skip
_AGAINST = {"units": "units_against", "posts": "posts_against", "indicators": "indicators_against",
            "quota": "quota_against"}  # fmt: skip
CheckedListRow = CheckedRow[ListRow]
_SQL = queries(__package__)


class BudgetList(NamedTuple):
    """A list as it came; its bytes sealed. `proposal_id`: the newest that would make it count."""

    list_id: int
    bureau_id: int
    bureau: str
    kind: str
    name: str
    sha256: bytes
    body: bytes
    received_at: datetime
    received_by: str
    proposal_id: int | None


def take_in(
    access: Access, bureau_id: int, kind: str, stream: BinaryIO, name: str, login: str, at: datetime
) -> int:
    """Its number; the same bytes are the same list. Nothing changes. One transaction. Refused: OUT_OF_SCOPE,
    PERMISSION_MISSING, BUREAU_UNKNOWN, and as reading and header refuse."""
    in_scope(access, bureau_id)
    if kind not in KINDS or not access.may(PERMISSIONS[kind]):
        raise Refused(Code.PERMISSION_MISSING, "kind")
    if not rows("bureau", (bureau_id,)):
        raise Refused(BudgetCode.BUREAU_UNKNOWN, "bureau")
    digest, _size = digest_of(stream, FILINGS[kind])
    next(_read(kind, stream))
    with plain_connection() as conn:
        known = conn.execute(_SQL["list_known"], (bureau_id, kind, digest)).fetchone()
        if known is not None:
            return int(known[0])
        stream.seek(0)
        body = key_ring().seal(stream.read(), f"budget_list:{digest.hex()}")
        added = conn.execute(_SQL["list_add"], (bureau_id, kind, name[:200], digest, body, at, login)).fetchall()
        return int(added[0][0])


def found(list_id: int) -> BudgetList:
    """Refused OUT_OF_SCOPE: there is none."""
    row = rows("list", (list_id,))
    if not row:
        raise Refused(Code.OUT_OF_SCOPE, "list")
    return BudgetList(*row[0])


def check(asked: BudgetList) -> list[CheckedListRow]:
    """The header, then every row, with what speaks against it as things stand."""
    header, *lines = _read(asked.kind, _body(asked))
    good = [line for line in lines if line.row is not None]
    against = dict(rows(_AGAINST[asked.kind], {
        "bureau": asked.bureau_id, "rows": Jsonb([line.row for line in good]), "now": now()}))  # fmt: skip
    faults = {line.line_no: [RowFault(result_code(against[place]))]
              for place, line in enumerate(good, 1) if place in against}  # fmt: skip
    return [header, *(line._replace(faults=faults.get(line.line_no, line.faults)) for line in lines)]


def propose(access: Access, asked: BudgetList, at: datetime, reason: str = "") -> Authorisation:
    """Refused: OUT_OF_SCOPE, PERMISSION_MISSING, BUDGET_LIST_ROWS_WRONG, and as the act's view and `second.propose`."""
    bureau = in_scope(access, asked.bureau_id)
    lines = check(asked)[1:]
    if any(line.faults for line in lines):
        raise Refused(BudgetCode.BUDGET_LIST_ROWS_WRONG, "list", str(sum(bool(line.faults) for line in lines)))
    return propose_rows(access, bureau, asked.kind, [line.row for line in lines if line.row is not None],
                        f"list {asked.list_id}", at, reason, asked.list_id)  # fmt: skip


def propose_rows(
    access: Access, bureau: Partner, kind: str, asked: list[ListRow], subject: str, at: datetime, reason: str = "",
    list_id: int | None = None,
) -> Authorisation:  # fmt: skip
    """Rows of a list, or of a form. Refused as the act's view and `second.propose`."""
    content = {"bureau_id": bureau.pk, "kind": kind, "rows": asked, "list": list_id}
    return second.propose(access, ACTS[kind], subject[:80], content, at, partner=bureau, reason=reason)


def named(subject: str) -> Text:
    """What people call what a proposal is about: a list that came, or rows of a form."""
    number = subject.removeprefix("list ")
    return Text(f"清单 {number}", f"List {number}") if number != subject else Text(subject, subject)


def left_aside(asked: BudgetList) -> LeftAside:
    """Titles, columns, sums that were read past: a column that nobody knows changes nothing."""
    filing = FILINGS[asked.kind]
    body = _body(asked)
    source = headed(rows_of(body, encoding_of(body, filing), filing), filing)
    for _line in source.lines:
        pass  # to its end
    return source.aside


def shown_cells(asked: BudgetList, lines: list[CheckedListRow]) -> Iterator[list[Any]]:
    """Each row as it was read: days as days, digits plain; amounts in fen. Of one that could not be, its cells."""
    keys = read_header(lines[0].cells, FILINGS[asked.kind])
    for line in lines[1:]:
        yield [line.row.get(key) or "" if line.row and key else plain(cell)
               for key, cell in zip(keys, line.cells, strict=False)]  # fmt: skip


def _body(asked: BudgetList) -> io.BytesIO:
    return io.BytesIO(key_ring().open(bytes(asked.body), f"budget_list:{asked.sha256.hex()}"))


def rows(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with plain_connection() as conn:
        return conn.execute(_SQL[statement], values).fetchall()


def _read(kind: str, stream: BinaryIO) -> Iterator[CheckedListRow]:
    """The header, without row or fault, then every row."""
    filing = FILINGS[kind]
    source = headed(rows_of(stream, encoding_of(stream, filing), filing), filing)
    reader = ListReader(kind, source.header)
    yield CheckedRow(source.line_no, source.header, None, [])
    for number, cells in source.lines:
        yield CheckedRow(number, cells, *reader.read(cells))
