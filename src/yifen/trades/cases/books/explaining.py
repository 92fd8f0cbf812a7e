"""Lines out of the main account that nothing explained, explained 支出说明 by two people, with evidence."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.face.plain import plain_connection
from yifen.trades.cases.claiming import unknown
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.reading import found_case

ACT = "cases.explain"
_SQL = queries(__package__)
KINDS = {
    "case": Text("银行扣划某案的款", "taken out of a case"),
    "unknown": Text("扣回不明款", "unidentified money taken back"),
    "payout": Text("结退付出，对账单没有其参考号", "a payout, shown without its reference"),
    "interest": Text("利息付出", "interest paid out"), "fee": Text("银行手续费", "the bank's fee"),
    "error": Text("银行差错，待退回", "the bank's mistake, to come back"),
}  # fmt: skip
SUBJECTS = {"case": "case", "unknown": "receipt", "payout": "application"}
"""What a kind names beside the line."""


class OpenLine(NamedTuple):
    """A line of a booked statement; `error`: it is said to be the bank's mistake; `open`: nothing explains it."""

    line_id: int
    court_id: int
    court: str
    at: datetime
    serial: str
    kind: str
    amount_fen: int
    account_no: str
    reference: str
    file_id: int
    line_no: int
    open: bool
    error: bool
    proposal_id: int | None
    payer: str
    payer_no: str
    words: str


def found(line_id: int) -> OpenLine:
    """Refused: LINE_EXPLAINED, there is none."""
    row = rows("line", (line_id,))
    if not row:
        raise Refused(CaseCode.LINE_EXPLAINED, "line")
    *columns, who = row[0]
    file_id, line_no = columns[9:11]
    return OpenLine(*columns, *json.loads(key_ring().open(bytes(who), f"court_row:{file_id}:{line_no}")))


def named(subject: str) -> Text:
    """A line by the bank's serial."""
    serial = found(int(subject)).serial
    return Text(f"对账单明细 {serial}", f"Line {serial}")


def receipt_named(subject: str) -> Text:
    """What brought money, by the bank's serial."""
    ((serial,),) = rows("serial_of", (int(subject),))
    return Text(f"到账 {serial}", f"Credit {serial}")


def likely(line: OpenLine) -> list[tuple[str, int, Text]]:
    """(kind, number, what it is): payouts of just this amount, and unidentified money of which so much is left."""
    shown = [("payout", number, Text(f"{number} {of}", f"{number} {of}"))
             for number, of in rows("line_payouts", (line.court_id, line.amount_fen))]  # fmt: skip
    return shown + [("unknown", number, Text(f"{serial} {grouped_yuan(fen)}", f"{serial} {grouped_yuan(fen)}"))
                    for number, serial, fen in rows("line_unknowns", (line.court_id, line.amount_fen))]  # fmt: skip


def propose(
    access: Access, line_id: int, kind: str, number: int | None, evidence: str, now: datetime
) -> Authorisation:
    """`number`: of the case, the receipt or the application that the kind names. Refused: LINE_EXPLAINED,
    REASON_MISSING, and as `view` and `second.propose` refuse."""
    line = found(line_id)
    if not access.scope.has_partner(line.court_id):
        raise Refused(CaseCode.LINE_EXPLAINED, "line")
    said = needed(evidence, "evidence")
    content = {"line": line_id, "kind": kind, "evidence": said} | (
        {SUBJECTS[kind]: number} if kind in SUBJECTS else {})
    return second.propose(access, ACT, str(line_id), content, now, partner=Partner.objects.get(pk=line.court_id),
                          reason=said)  # fmt: skip


def view(content: dict[str, Any]) -> list[Change]:
    """The line, and what it is said to be. Refused as cases_explain_against_v1 answers."""
    line = found(content["line"])
    (code,) = rows("explain_against", (json.dumps(content),))[0]
    if code:
        raise Refused(result_code(code), "number")
    return [
        Change("serial", Text("银行流水号", "Bank's serial"), None, line.serial),
        Change("at", Text("交易时间", "When"), None, f"{line.at:%Y-%m-%d}"),
        Change("amount", Text("支出（元）", "Out (yuan)"), None, grouped_yuan(line.amount_fen)),
        Change("kind", Text("说明", "It is"), None, KINDS[content["kind"]]),
        *_subject(content),
        Change("evidence", Text("凭据", "Evidence"), None, content["evidence"]),
    ]  # fmt: skip


def _subject(content: dict[str, Any]) -> list[Change]:
    if content["kind"] == "case":
        case = found_case(content["case"])
        return [Change("case", Text("案件", "Case"), None, f"{case.number} {case.account_no}")]
    if content["kind"] == "unknown":
        money = unknown(content["receipt"])
        return [Change("receipt", Text("不明款", "Unidentified money"), None,
                       f"{money.serial} {grouped_yuan(money.amount_fen)}")]  # fmt: skip
    if content["kind"] == "payout":
        (of,) = rows("payout_named", (content["application"],))[0]
        return [Change("application", Text("结退", "Payout"), None, of)]
    return []


def run(content: dict[str, Any], decision: Decision) -> None:
    """Refused as cases_explain_v1 answers."""
    (code,) = rows("explain", (decision.proposal, decision.now))[0]
    if code:
        raise Refused(result_code(code), "number")


def rows(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with plain_connection() as conn:
        return conn.execute(_SQL[statement], values).fetchall()
