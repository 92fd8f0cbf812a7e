"""A company begins to bill here: two people say so, for accounts are opened and money is asked for by it."""

from datetime import datetime
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision, yes_no
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Biller, Partner
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.billing.codes import BillingCode

ACT = "billing.open"
_SQL = queries(__package__)


def propose(access: Access, biller_id: int, prepaid: bool, at: datetime) -> Authorisation:
    """`prepaid`: takes money ahead of bills. Refused: OUT_OF_SCOPE, BILLER_NOT_BILLED, and as `second.propose`
    refuses."""
    if not access.scope.has_partner(biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    partner = Partner.objects.get(pk=biller_id)
    content = {"biller": biller_id, "prepaid": prepaid}
    return second.propose(access, ACT, partner.code, content, at, partner=partner)


def view(content: dict[str, Any]) -> list[Change]:
    """Refused: BILLER_NOT_BILLED."""
    biller = Biller.objects.select_related("partner").filter(pk=content["biller"]).first()
    if biller is None or biller.endpoint or biller.quote_ttl_s is None:
        raise Refused(BillingCode.BILLER_NOT_BILLED, "biller")
    return [
        Change("biller", Text("收费单位", "Biller"), None, f"{biller.partner.code} {biller.partner.name}"),
        Change("prepaid", Text("收预存款", "Takes prepayments"), None, yes_no(content["prepaid"])),
    ]


def run(content: dict[str, Any], decision: Decision) -> None:
    """In the transaction of the decision."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["open_biller"], (decision.proposal,)).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]))
