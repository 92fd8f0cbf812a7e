"""Bad debts 坏账核销: whole bills are written off, or taken up again 恢复催收; bound to their amounts; a second
person decides."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.masking import masked_number
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.reasons import remark
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.arrears.codes import ArrearsCode
from yifen.trades.arrears.debts import BATCH_MAX
from yifen.trades.arrears.ruling import done

WRITE_OFF, TAKE_UP = "arrears.write_off", "arrears.take_up"
_SQL = queries(__package__)


class BadBill(NamedTuple):
    """A bill with what is open of it, and what is written off."""

    bill_id: int
    biller_id: int
    bucket: int
    account_no: str
    title: str
    due_on: Any
    open_fen: int
    written_fen: int


def bills(numbers: list[int]) -> list[BadBill]:
    """In the order of their numbers."""
    with plain_connection() as conn:
        return [
            BadBill(*row) for row in conn.execute(_SQL["bad_bills"], {"bills": numbers}).fetchall()
        ]


def propose(
    access: Access, act: str, numbers: list[int], evidence: str, reason: str, at: datetime
) -> Authorisation:
    """All that is open of these bills with their late fees of today, or all that is written off. Refused: OUT_OF_SCOPE,
    BATCH_TOO_LARGE, WRITE_OFF_BARE, ARREARS_CHANGED, REASON_MISSING, and as `second.propose` refuses."""
    evidence = remark(evidence, "evidence")
    if not evidence:
        raise Refused(ArrearsCode.WRITE_OFF_BARE, "evidence")
    found = bills(numbers)
    billers = {bill.biller_id for bill in found}
    if len(billers) != 1 or len(found) > BATCH_MAX or len(found) != len(set(numbers)):
        raise Refused(ArrearsCode.BATCH_TOO_LARGE, "bills")
    biller_id = billers.pop()
    if not access.scope.has_partner(biller_id):
        raise Refused(Code.OUT_OF_SCOPE, "bills")
    with plain_connection() as conn, transaction.atomic():
        for bucket, account in sorted({(bill.bucket, bill.account_no) for bill in found}):
            conn.execute(
                _SQL["fresh"],
                {"bucket": bucket, "biller": biller_id, "account": account, "now": at},
            )
    content = {
        "evidence": evidence,
        "bills": [
            {"bill": bill.bill_id, "fen": bill.written_fen if act == TAKE_UP else bill.open_fen}
            for bill in bills(numbers)
        ],
    }
    partner = Partner.objects.get(pk=biller_id)
    return second.propose(
        access,
        act,
        " ".join(f"B{bill.bill_id}" for bill in found)[:60],
        content,
        at,
        partner=partner,
        reason=needed(reason),
    )


def view(content: dict[str, Any]) -> list[Change]:
    """Each bill, from what it asks for to nothing. Refused: ARREARS_CHANGED."""
    return _view(content, again=False)


def view_again(content: dict[str, Any]) -> list[Change]:
    """Each bill, from nothing to what is asked for again. Refused: ARREARS_CHANGED."""
    return _view(content, again=True)


def _view(content: dict[str, Any], again: bool) -> list[Change]:
    found = {bill.bill_id: bill for bill in bills([one["bill"] for one in content["bills"]])}
    for one in content["bills"]:
        there = found.get(one["bill"])
        if (
            there is None
            or one["fen"] <= 0
            or one["fen"] != (there.written_fen if again else there.open_fen)
        ):
            raise Refused(result_code(_CHANGED), "bills")
    total, nothing = sum(one["fen"] for one in content["bills"]), grouped_yuan(0)

    def change(field: str, title: Text, fen: int) -> Change:
        said = grouped_yuan(fen)
        return Change(field, title, nothing if again else said, said if again else nothing)

    return [
        Change("evidence", Text("依据文号", "Evidence"), None, content["evidence"]),
        *(change(f"B{bill.bill_id}", Text(
            f"{masked_number(bill.account_no)} {bill.title}，{bill.due_on} 到期，应收（元）",
            f"{masked_number(bill.account_no)} {bill.title}, due {bill.due_on}, receivable (yuan)"), one["fen"])
          for one in content["bills"] for bill in (found[one["bill"]],)),
        change("total", Text("应收合计（元）", "Receivable in all (yuan)"), total),
    ]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """In the transaction of the decision. Refused as billing_write_off_v1 answers; nothing is left of it then."""
    done(_SQL["put_write_off"], decision)


_CHANGED = 8874  # billing's ARREARS_CHANGED
