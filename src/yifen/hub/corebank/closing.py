"""What the core cannot say, or says impossibly, two people close by evidence: a move that nobody knows of, or one that
is owed, that the core refused and that was done otherwise."""

from datetime import datetime
from typing import Any

from django.db import connection

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.directory.models import Institution
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import remark
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.hub.corebank.codes import CoreCode

ACT = "corebank.close"
STATES = {
    "asked": Text("已发出", "Asked"), "unknown": Text("结果未知", "Not known"), "done": Text("已入账", "Posted"),
    "refused": Text("未入账", "Refused"), "undone": Text("已撤销", "Undone"),
}  # fmt: skip
OUTCOMES = ("done", "refused")
_SQL = queries(__package__)


def propose(access: Access, serial: str, outcome: str, evidence: str, now: datetime) -> Authorisation:
    """`outcome`: done or refused at the core, by the `evidence`. Refused: OUT_OF_SCOPE, INPUT_INVALID, CORE_NOT_OPEN,
    and as `second.propose` refuses."""
    row = _standing(serial)
    if row is None or not access.scope.has_institution(row[0]):
        raise Refused(Code.OUT_OF_SCOPE, "serial")
    note = remark(evidence, "evidence")
    if outcome not in OUTCOMES or not note:
        raise Refused(Code.INPUT_INVALID, "evidence" if outcome in OUTCOMES else "outcome")
    content = {"serial": serial, "outcome": outcome, "evidence": note}
    institution = Institution.objects.get(pk=row[0])
    return second.propose(access, ACT, serial, content, now, institution=institution, reason=note)


def view(content: dict[str, Any]) -> list[Change]:
    """The move as it is, and as it will be. Refused: CORE_NOT_OPEN."""
    row = _standing(content["serial"])
    if row is None or not (row[3] or (row[4] and content["outcome"] == "done")):
        raise Refused(CoreCode.CORE_NOT_OPEN, "serial")
    _, state, fen, *_ = row
    yuan = grouped_yuan(fen)
    return [
        Change("serial", Text("流水号", "Serial"), content["serial"], content["serial"]),
        Change("amount", Text("金额（元）", "Amount (yuan)"), yuan, yuan),
        Change("state", Text("状态", "State"), STATES[state], STATES[content["outcome"]]),
        Change("evidence", Text("依据", "Evidence"), None, content["evidence"]),
    ]


def run(content: dict[str, Any], decision: Decision) -> None:
    """Refused: AUTHORISATION_INVALID, CORE_NOT_OPEN."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["close"], [content["serial"], decision.now])
        code = cursor.fetchone()[0]
    if code:
        raise Refused(result_code(code), "serial")


def _standing(serial: str) -> tuple[Any, ...] | None:
    """(institution, state, fen, is it unknown, is it owed and refused)."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["closable"], [serial])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
