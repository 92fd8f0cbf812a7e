"""An exception of the POS door is closed by two people, by a note of what was done. It moves no money: that goes by the
payment's own page, or the acquirer's."""

from datetime import datetime
from typing import Any

from django.db import connection

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import remark
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.hub.pos.codes import PosCode

ACT = "pos.close"
KINDS = {
    "money_stays": Text("款项未能退回", "The money could not go back"),
    "acquirer_refused": Text("收单机构拒绝撤销", "The acquirer refuses to take it back"),
    "totals_differ": Text("批结算总额不符", "The totals of a batch differ"),
    "item_differs": Text("批上送明细不符", "An item of a batch differs"),
    "acquirer_differs": Text("收单文件不符", "The acquirer's file differs"),
}  # fmt: skip
_SQL = queries(__package__)


def propose(access: Access, exception_id: int, note: str, now: datetime) -> Authorisation:
    """Refused: OUT_OF_SCOPE, INPUT_INVALID, and as `second.propose` refuses."""
    row = _standing(exception_id)
    if row is None or not access.scope.has_partner(row[8]):
        raise Refused(Code.OUT_OF_SCOPE, "exception")
    text = remark(note, "note")
    if not text:
        raise Refused(Code.INPUT_INVALID, "note")
    content = {"exception_id": exception_id, "note": text}
    institution = Partner.objects.get(pk=row[8]).institution
    return second.propose(access, ACT, str(exception_id), content, now, institution=institution, reason=text)


def view(content: dict[str, Any]) -> list[Change]:
    """As it stands, and what was done. Refused: POS_EXCEPTION_CLOSED."""
    row = _standing(content["exception_id"])
    if row is None or row[7]:
        raise Refused(PosCode.POS_EXCEPTION_CLOSED, "exception")
    kind, terminal_no, batch, trace, ours_fen, their_fen, *_ = row
    place = f"{terminal_no} {batch:06d}" + (f" {trace:06d}" if trace is not None else "")
    ours, theirs = grouped_yuan(ours_fen), grouped_yuan(their_fen)
    return [
        Change("kind", Text("差错", "Exception"), KINDS[kind], KINDS[kind]),
        Change("place", Text("终端、批次、流水", "Terminal, batch, trace"), place, place),
        Change("ours", Text("本方金额（元）", "Ours (CNY)"), ours, ours),
        Change("theirs", Text("对方金额（元）", "Theirs (CNY)"), theirs, theirs),
        Change("note", Text("处理结果", "What was done"), None, content["note"]),
    ]


def run(content: dict[str, Any], decision: Decision) -> None:
    """Refused: AUTHORISATION_INVALID, POS_EXCEPTION_CLOSED."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["close"], [content["exception_id"], decision.now])
        code = cursor.fetchone()[0]
    if code:
        raise Refused(result_code(code), "exception")


def _standing(exception_id: int) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(_SQL["exception_now"], [exception_id])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
