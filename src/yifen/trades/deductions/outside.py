"""What a bank does not give back by its port, for it contradicts itself or is silent: its paper says that it holds
nothing of it, given back or never taken, and two people believe that."""

from datetime import datetime
from typing import Any, NamedTuple

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.deductions.codes import DeductionCode

ACT = "deductions.outside"
_SQL = queries(__package__)
TITLES = {
    "deduction": Text("扣款编号", "Deduction"), "bank": Text("银行", "Bank"),
    "account_no": Text("户号", "Account number"), "debtor": Text("扣款账户", "Account debited"),
    "amount": Text("退回（元）", "To go back (yuan)"),
}  # fmt: skip
HELD, NOTHING = Text("待银行退回", "to be given back by the bank"), Text("银行已不持有", "no longer with the bank")


class OpenBack(NamedTuple):
    """What is to go back and did not."""

    deduction_no: str
    biller_id: int
    account_no: str
    debtor_shown: str
    bank: str
    amount_fen: int
    due_at: datetime


def propose(access: Access, number: str, reference: str, now: datetime) -> Authorisation:
    """`reference`: of the bank's paper. Refused: OUT_OF_SCOPE, REASON_MISSING, BACK_NOT_DUE, as `second.propose`."""
    found = _open(number)
    if not access.scope.has_partner(found.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "number")
    content = {"number": number, "reference": needed(reference)}
    partner = Partner.objects.get(pk=found.biller_id)
    return second.propose(access, ACT, number, content, now, partner=partner)


def view(content: dict[str, Any]) -> list[Change]:
    """Refused: BACK_NOT_DUE."""
    found = _open(content["number"])
    told = {"deduction": found.deduction_no, "bank": found.bank, "account_no": found.account_no,
            "debtor": found.debtor_shown, "amount": grouped_yuan(found.amount_fen)}  # fmt: skip
    return [*(Change(key, title, told[key], told[key]) for key, title in TITLES.items()),
            Change("money", Text("款项", "Money"), HELD, NOTHING),
            Change("reference", Text("银行书面答复编号", "Number of the bank's paper"), None, content["reference"])]


def run(content: dict[str, Any], decision: Decision) -> None:
    """At once; the port is asked no more. Refused: BACK_NOT_DUE."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["outside"], (content["number"], decision.now)).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]), "number")


def _open(number: str) -> OpenBack:
    """Refused: BACK_NOT_DUE."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["open_back"], (number,)).fetchone()
    if row is None:
        raise Refused(DeductionCode.BACK_NOT_DUE, "number")
    return OpenBack(*row)
