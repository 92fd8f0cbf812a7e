"""Payees of a court itself 法院收款账户: where its fees and its deposits go, by two people."""

from datetime import datetime
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.payees import TITLES, PayeeAccount, sealed_form
from yifen.trades.cases.payout.reading import left, said
from yifen.trades.cases.reading import rows

ACT = "cases.court_payee"
PURPOSES = {"fee": Text("执行费、评估拍卖费", "fees and costs"), "deposit": Text("提存", "deposit")}


def propose(
    access: Access, court_id: int, purpose: str, form: PayeeAccount, now: datetime, reason: str = ""
) -> Authorisation:
    """Refused: OUT_OF_SCOPE, CASE_PAYEE_WRONG (with the field), and as `view` and `second.propose` refuse."""
    if not access.scope.has_partner(court_id):
        raise Refused(Code.OUT_OF_SCOPE, "court")
    content = {"court_id": court_id, "purpose": purpose} | sealed_form(form)
    return second.propose(access, ACT, f"{court_id} {purpose}", content, now,
                          partner=Partner.objects.get(pk=court_id), reason=reason)  # fmt: skip


def view(content: dict[str, Any]) -> list[Change]:
    """As it is, as it will be, both sealed. Refused: COURT_UNKNOWN, CASE_PAYEE_WRONG."""
    if not rows("court_code", (content["court_id"],)):
        raise Refused(CaseCode.COURT_UNKNOWN, "court")
    if content["purpose"] not in PURPOSES:
        raise Refused(CaseCode.CASE_PAYEE_WRONG, "purpose")
    before = next(iter(left("court_payee_now", (content["court_id"], content["purpose"]))), (None,) * len(TITLES))
    return [Change("purpose", Text("用途", "Purpose"), None, PURPOSES[content["purpose"]]),
            *(Change(field, title, was, content[field])
              for (field, title), was in zip(TITLES.items(), before, strict=True))]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """From now on. Refused as cases_court_payee_v1 answers."""
    said("put_court_payee", decision.proposal, decision.now)


def named(subject: str) -> Text:
    """By its purpose."""
    return PURPOSES[subject.partition(" ")[2]]
