"""导入账单: a file moves nothing until a second person agreed, who sees the figures that the maker saw;
then the worker imports it piece by piece."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.jobs.defer import defer
from yifen.core.partners.models import Partner
from yifen.face.filed.importing import import_pieces, pieces
from yifen.face.plain import plain_connection
from yifen.trades.bills import files
from yifen.trades.bills.codes import BillCode
from yifen.trades.bills.files import Conn

ACT, TASK = "payables.import", "bills.import"
SECONDS_MAX = 120
STANDINGS: dict[str, Text] = {
    "new": Text("新账单", "New"),
    "changed": Text("有变更", "Changed"),
    "same": Text("无变化", "Unchanged"),
    "withdraw": Text("撤销", "Withdrawn"),
    "held": Text("有款在途，不写", "Refused: money in flight"),
    "below": Text("低于已缴，不写", "Refused: less than paid"),
    "paid": Text("已有缴费，不撤", "Refused: paid, not withdrawn"),
    "withdrawn": Text("此前已撤销，不写", "Refused: withdrawn before"),
    "mode": Text("缴法不同，不写", "Refused: another mode"),
    "payee": Text("入账账户不同，不写", "Refused: another payee"),
    "unknown": Text("没有可撤的账单", "Refused: nothing to withdraw"),
}
"""What becomes of a row (`bill_standing`)."""

_SQL = queries(__package__)


class BillFile(NamedTuple):
    """A file of bills, and how far its newest proposal is; amounts in fen. `state`: wrong, staged, open, no,
    running, done."""

    file_id: int
    biller_id: int
    biller_code: str
    biller_name: str
    name: str
    sha256: bytes
    bytes: int
    rows: int
    wrong: int
    due_fen: int
    received_at: datetime
    received_by: str
    proposal_id: int | None
    state: str
    written: int
    same: int
    withdrawn: int
    refused: int


class Preview(NamedTuple):
    """What an import of the file would do now: by standing (rows, fen); name, rows and fen of the file of
    this biller that was agreed to last; the first and the largest rows."""

    standings: dict[str, tuple[int, int]]
    before: tuple[str, int, int] | None
    first: list[tuple[Any, ...]]
    largest: list[tuple[Any, ...]]


def found(conn: Conn, file_id: int) -> BillFile:
    """Refused OUT_OF_SCOPE: there is none."""
    row = conn.execute(_SQL["file"], (file_id,)).fetchone()
    if row is None:
        raise Refused(Code.OUT_OF_SCOPE, "file", str(file_id))
    return BillFile(*row)


def preview(conn: Conn, file: BillFile, rows: int = 10) -> Preview:
    """As things stand now."""
    counted = {name: (count, fen) for name, count, fen in conn.execute(_SQL["standings"], (file.file_id,))}
    return Preview(
        {name: counted[name] for name in STANDINGS if name in counted},
        conn.execute(_SQL["before"], (file.biller_id, file.file_id)).fetchone(),
        conn.execute(_SQL["rows"], (file.file_id, False, rows)).fetchall(),
        conn.execute(_SQL["rows"], (file.file_id, True, 5)).fetchall(),
    )


def propose(access: Access, file_id: int, reason: str, at: datetime) -> Authorisation:
    """Put a file before a second person. Refused: OUT_OF_SCOPE, BILLS_ROWS_WRONG, BILLS_REMOTE, and as
    `second.propose` refuses."""
    with plain_connection(SECONDS_MAX) as conn:
        file = found(conn, file_id)
        if not access.scope.has_partner(file.biller_id):
            raise Refused(Code.OUT_OF_SCOPE, "biller")
        content = {"file": file_id, "sha256": file.sha256.hex(), "pieces": pieces(conn, _SQL["pieces"], file_id)}
    partner = Partner.objects.get(pk=file.biller_id)
    return second.propose(access, ACT, str(file_id), content, at, partner=partner, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """Its figures, beside those of the biller's file before. Refused: BILLS_ROWS_WRONG, BILLS_REMOTE,
    BILLS_CHANGED."""
    with plain_connection(SECONDS_MAX) as conn:
        file = found(conn, content["file"])
        files.hosted(conn, str(file.biller_id))
        if file.wrong:
            raise Refused(BillCode.BILLS_ROWS_WRONG, "file", str(file.wrong))
        if content["pieces"] != pieces(conn, _SQL["pieces"], file.file_id):
            raise Refused(BillCode.BILLS_CHANGED, "file", str(file.file_id))
        seen = preview(conn, file)
    before = seen.before or (None, None, None)
    largest = seen.largest[0][7] if seen.largest else None
    return [
        Change("name", Text("文件名", "File"), before[0], file.name),
        Change("sha256", Text("摘要", "Digest"), None, file.sha256.hex()),
        Change("rows", Text("行数", "Rows"), _count(before[1]), f"{file.rows:,}"),
        Change("due", Text("应缴合计（元）", "Sum due (yuan)"), _yuan(before[2]), _yuan(file.due_fen)),
        Change("largest", Text("最大一笔（元）", "Largest (yuan)"), None, _yuan(largest)),
        *(Change(name, title, None, f"{seen.standings[name][0]:,} · {_yuan(seen.standings[name][1])}")
          for name, title in STANDINGS.items() if name in seen.standings),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """The worker is asked to import it."""
    defer(TASK, proposal=decision.proposal)


def work(ending: Callable[[], bool], *, proposal: int) -> None:
    """The pieces that are not done."""
    import_pieces(ending, proposal, _SQL["to_do"], _SQL["import"], "bills")



def _count(number: int | None) -> str | None:
    return None if number is None else f"{number:,}"


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else grouped_yuan(fen)
