"""作废售电: a sale whose token the vending system rejected is taken back; its money is on the balance again, to be
given back or sold anew. Two people decide."""

from datetime import datetime
from typing import Any, NamedTuple

from yifen.core.access import second
from yifen.core.access.edge import Access, now
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision, yes_no
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.quantities import shown

ACT = "billing.unsell"
_SQL = queries(__package__)


class SoldSale(NamedTuple):
    """One sale, as it is decided about."""

    sale_id: int
    biller_id: int
    account_no: str
    meter: str
    qty_milli: int
    unit: str
    amount_fen: int
    sold_at: datetime
    state: str
    token_reason: str


def propose(access: Access, sale_id: int, again: bool, reason: str, at: datetime) -> Authorisation:
    """`again`: its money is sold anew, by another reference. Refused: OUT_OF_SCOPE, SALE_TOKEN, REASON_MISSING, and as
    `second.propose` refuses."""
    sale = sale_of(sale_id)
    if not access.scope.has_partner(sale.biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "sale")
    partner = Partner.objects.get(pk=sale.biller_id)
    content = {"sale": sale_id, "again": again}
    return second.propose(access, ACT, str(sale_id), content, at, partner=partner, reason=needed(reason))


def view(content: dict[str, Any]) -> list[Change]:
    """Refused: OUT_OF_SCOPE (there is none), SALE_TOKEN."""
    sale = sale_of(content["sale"])
    if sale.state != "rejected":
        raise Refused(BillingCode.SALE_TOKEN, "sale")
    return [
        Change("sale", Text("售电", "Sale"), None, f"{sale.sale_id}"),
        Change("account_no", Text("户号", "Account number"), None, sale.account_no),
        Change("quantity", Text("售电量", "Quantity"), f"{shown(sale.qty_milli)} {sale.unit}", "0"),
        Change("amount", Text("退回预存款（元）", "Back to the balance (yuan)"), None, grouped_yuan(sale.amount_fen)),
        Change("rejected", Text("拒绝原因", "Rejected because"), None, sale.token_reason or None),
        Change("again", Text("重新售电", "Sold anew"), None, yes_no(content["again"])),
    ]


def run(content: dict[str, Any], decision: Decision) -> None:
    """In the transaction of the decision. Refused: SALE_NOT_AGREED, SALE_TOKEN."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["unsell"], (decision.proposal, now())).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]))


def sale_of(sale_id: int) -> SoldSale:
    """Refused: OUT_OF_SCOPE, there is none."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["sale"], {"sale": sale_id}).fetchone()
    if row is None:
        raise Refused(Code.OUT_OF_SCOPE, "sale")
    return SoldSale(*row)
