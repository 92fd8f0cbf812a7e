"""What a case's page shows of payouts and held money."""

from typing import Any

from django.http import HttpRequest

from yifen.core.access.edge import access_of, user_of
from yifen.trades.cases.pages import payout_telling
from yifen.trades.cases.pages.payout_forms import JudgeForm, PartyForm
from yifen.trades.cases.payout import payouts
from yifen.trades.cases.reading import CaseRow


def case_parts(request: HttpRequest, case: CaseRow) -> dict[str, Any]:
    """Sums, applications, held parts, and what this person may do."""
    access, is_open = access_of(request), case.state == "open"
    return {
        "free": payout_telling.free_facts(payouts.free(case.court_id, case.account_no)),
        "applications": payout_telling.application_table(case), "holds": payout_telling.hold_table(case, access),
        "may_apply": is_open and access.may("cases.apply") and user_of(request).login == case.judge,
        "may_hold": is_open and access.may("cases.hold"),
        "party": PartyForm() if is_open and access.may("cases.keep") else None,
        "judge": JudgeForm() if access.may("cases.bureau") or access.may("cases.head") else None,
    }  # fmt: skip
