"""Cut off 停供: a list of debts whose notice was served and whose legal days passed; a second person agrees to it."""

from datetime import datetime
from typing import Any, NamedTuple

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.masking import masked_number
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.face.plain import plain_connection
from yifen.trades.arrears.codes import ArrearsCode
from yifen.trades.arrears.debts import BATCH_MAX
from yifen.trades.arrears.ruling import done

ACT = "arrears.cut"
_SQL = queries(__package__)
Pair = tuple[int, int]
"""A customer and a fee."""


class DueDebt(NamedTuple):
    """A debt whose next step is due, as a batch shows it."""

    biller_id: int
    customer_id: int
    fee_id: int
    account_no: str
    fee_name: str
    place: str
    owed_fen: int
    oldest_bill: int
    oldest_on: Any
    served_on: Any


def due(
    kind: str,
    biller_id: int,
    fee_id: int | None,
    area_id: int | None,
    pairs: list[Pair] | None = None,
) -> list[DueDebt]:
    """Of a company, the longest overdue first, as they were worked out last; of `pairs` alone where they are given."""
    given = {"kind": kind, "biller": biller_id, "fee": fee_id, "area": area_id, "most": BATCH_MAX,
             "customers": None if pairs is None else [pair[0] for pair in pairs],
             "fees": None if pairs is None else [pair[1] for pair in pairs]}  # fmt: skip
    with plain_connection() as conn:
        return [DueDebt(*row) for row in conn.execute(_SQL["due"], given).fetchall()]


def propose(
    access: Access, biller_id: int, pairs: list[Pair], reason: str, at: datetime
) -> Authorisation:
    """Refused: OUT_OF_SCOPE, BATCH_TOO_LARGE, BATCH_EMPTY, REASON_MISSING, and as `second.propose` refuses."""
    if not access.scope.has_partner(biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "biller")
    if len(pairs) > BATCH_MAX:
        raise Refused(ArrearsCode.BATCH_TOO_LARGE, "biller")
    found = due("cut", biller_id, None, None, pairs)
    content = {"biller": biller_id, "debts": [
        {"customer": one.customer_id, "fee": one.fee_id, "bill": one.oldest_bill, "owed_fen": one.owed_fen,
         "account": masked_number(one.account_no), "fee_name": one.fee_name, "served_on": str(one.served_on)}
        for one in found]}  # fmt: skip
    if not found:
        raise Refused(ArrearsCode.BATCH_EMPTY, "biller")
    partner = Partner.objects.get(pk=biller_id)
    return second.propose(
        access,
        ACT,
        f"{biller_id} {at:%Y%m%d%H%M%S}",
        content,
        at,
        partner=partner,
        reason=needed(reason),
    )



def view(content: dict[str, Any]) -> list[Change]:
    """Each account as it was shown: who pays or gets a plan until the second's yes is left out then."""
    return [
        Change("count", Text("停供户数", "Accounts to be cut off"), None, str(len(content["debts"]))),
        *(Change(f"{one['customer']} {one['fee']}", Text(
            f"{one['account']} {one['fee_name']}，通知 {one['served_on']} 送达，欠费（元）",
            f"{one['account']} {one['fee_name']}, notice served {one['served_on']}, owes (yuan)"), None,
            grouped_yuan(one["owed_fen"])) for one in content["debts"]),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """In the transaction of the decision. Refused: ARREARS_NOT_AGREED, BATCH_EMPTY (none is left to be cut)."""
    done(_SQL["put_cut"], decision)
