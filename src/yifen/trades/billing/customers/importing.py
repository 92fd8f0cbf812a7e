"""导入用户: a file moves nothing until a second person agreed, who sees the figures that the maker saw; then the worker
imports it piece by piece."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.jobs.defer import defer
from yifen.core.partners.models import Partner
from yifen.face.filed.importing import import_pieces, pieces
from yifen.face.plain import plain_connection
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.customers import files
from yifen.trades.billing.customers.changing import changes
from yifen.trades.billing.customers.files import Conn

ACT, TASK = "billing.import", "billing.import"
SECONDS_MAX = 300
STANDINGS: dict[str, Text] = {
    "new": Text("新用户", "New customers"),
    "added": Text("加费种、表计", "Fees or meters added"),
    "changed": Text("有变更", "Changed"),
    "same": Text("无变化", "Unchanged"),
    "closed": Text("已销户，不写", "Refused: closed"),
    "place": Text("地址不同，不写", "Refused: another place"),
    "meter": Text("表计不符，不写", "Refused: the meter does not fit"),
    "run": Text("有未发布的账单，不改预付费，不写", "Refused: a run of bills has it, so prepaid stays as it is"),
}
"""What becomes of a row (`billing_standing`)."""
_SQL = queries(__package__)


class BillingFile(NamedTuple):
    """A file of customers or readings, and how far its newest proposal is. `state`: wrong, staged, open, no, withdrawn,
    running, done."""

    file_id: int
    biller_id: int
    biller_code: str
    biller_name: str
    kind: str
    name: str
    sha256: bytes
    bytes: int
    rows: int
    wrong: int
    received_at: datetime
    received_by: str
    proposal_id: int | None
    state: str
    customers: int
    written: int
    same: int
    refused: int


def found(conn: Conn, file_id: int) -> BillingFile:
    """Refused OUT_OF_SCOPE: there is none."""
    row = conn.execute(_SQL["file"], (file_id,)).fetchone()
    if row is None:
        raise Refused(Code.OUT_OF_SCOPE, "file", str(file_id))
    return BillingFile(*row)


def standings(conn: Conn, file_id: int) -> dict[str, int]:
    """How many rows would do what, now."""
    counted = dict(conn.execute(_SQL["standings"], (file_id,)).fetchall())
    return {name: counted[name] for name in STANDINGS if name in counted}


def propose(access: Access, file_id: int, reason: str, at: datetime) -> Authorisation:
    """Put a file before a second person. Refused: OUT_OF_SCOPE, CUSTOMERS_ROWS_WRONG, BILLER_NOT_BILLING, and as
    `second.propose` refuses."""
    with plain_connection(SECONDS_MAX) as conn:
        file = found(conn, file_id)
        if not access.scope.has_partner(file.biller_id):
            raise Refused(Code.OUT_OF_SCOPE, "biller")
        content = {"file": file_id, "sha256": file.sha256.hex(), "pieces": pieces(conn, _SQL["pieces"], file_id)}
    partner = Partner.objects.get(pk=file.biller_id)
    return second.propose(access, ACT, str(file_id), content, at, partner=partner, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """Its figures. Refused: CUSTOMERS_ROWS_WRONG, BILLER_NOT_BILLING, CUSTOMERS_CHANGED."""
    with plain_connection(SECONDS_MAX) as conn:
        file = found(conn, content["file"])
        files.billing_biller(conn, file.biller_id)
        if file.wrong or file.kind != "customers":
            raise Refused(BillingCode.CUSTOMERS_ROWS_WRONG, "file", str(file.wrong))
        if content["pieces"] != pieces(conn, _SQL["pieces"], file.file_id):
            raise Refused(BillingCode.CUSTOMERS_CHANGED, "file", str(file.file_id))
        seen, changed = standings(conn, file.file_id), changes(conn, file.file_id)
    return [
        Change("name", Text("文件名", "File"), None, file.name),
        Change("sha256", Text("摘要", "Digest"), None, file.sha256.hex()),
        Change("rows", Text("行数", "Rows"), None, f"{file.rows:,}"),
        *(Change(name, STANDINGS[name], None, f"{count:,}") for name, count in seen.items()),
        *changed,
    ]


def run(content: dict[str, Any], decision: Decision) -> None:
    """The worker is asked to import it."""
    defer(TASK, proposal=decision.proposal)


def work(ending: Callable[[], bool], *, proposal: int) -> None:
    """The pieces that are not done."""
    import_pieces(ending, proposal, _SQL["to_do"], _SQL["import"], "customers")
