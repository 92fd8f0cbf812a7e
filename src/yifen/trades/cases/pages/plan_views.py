"""Pages of plans of distribution: proposed, served, objected to, each share applied for."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now, user_of
from yifen.core.access.telling import put, say
from yifen.core.facts.refused import Refused
from yifen.trades.cases.codes import CaseCode
from yifen.trades.cases.pages import payout_telling, plan_telling
from yifen.trades.cases.pages.payout_forms import ServingForm, SharingForm
from yifen.trades.cases.pages.views import crumbs, found
from yifen.trades.cases.payout import payouts, plan_lines, plans
from yifen.trades.cases.payout.payouts import NewPayout
from yifen.trades.cases.payout.plans import CasePlan, NewPlan
from yifen.trades.cases.reading import CaseRow


@allow("cases.hold")
def court_plan_new(request: HttpRequest, case_id: int) -> HttpResponse:
    """A plan among the creditors of a case, put before another; it takes the place of the one before."""
    access, case = access_of(request), found(access_of(request), case_id)
    creditors = plans.creditors(case_id)
    form = SharingForm(request.POST or None, initial={"claims": plan_lines.blank(creditors), "fee": "0", "cost": "0"})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            claims = plan_lines.parse(asked["claims"])
            plan = NewPlan(asked["method"], asked["amount"], asked["fee"] or 0, asked["cost"] or 0, claims)
            return redirect("proposal", plans.propose(access, case_id, plan, now()).pk)
        except Refused as refused:
            put(request, form, refused, "claims")
    free = payouts.free(case.court_id, case.account_no)
    return render(request, "console/cases/plan_new.html", {
        "case": case, "form": form,
        "facts": [*payout_telling.free_facts(free), *payout_telling.legal_facts(case)],
        "breadcrumbs": _crumbs(case, _("分配方案"))})  # fmt: skip


@allow("cases.view")
def court_plan(request: HttpRequest, case_id: int) -> HttpResponse:
    """The plan in force. POST act=served, agreed, objected, settled, pay, of one share, or fee, of the plan; who may,
    the database says."""
    access, case = access_of(request), found(access_of(request), case_id)
    plan, creditors = plans.in_force(case), plans.creditors(case_id)
    form = ServingForm(request.POST or None, initial={"day": timezone.localdate(now())}).offer(
        [(one.party_id, f"{one.party_id} {one.name}") for one in creditors])  # fmt: skip
    if request.method == "POST" and plan is not None and form.is_valid():
        asked, act = form.cleaned_data, request.POST.get("act", "")
        try:
            with transaction.atomic():
                if act == "fee":
                    return redirect("court_payout", _deduct(access, case, plan, asked["words"]))
                if act == "pay":
                    return redirect("court_payout", _pay(access, case, plan, asked["party"], asked["words"]))
                plans.tell(access, plan.plan_id, asked["party"], act, asked["day"], asked["words"], now())
        except Refused as refused:
            say(request, refused)
        return redirect("court_plan", case_id)
    is_his = access.may("cases.apply") and user_of(request).login == case.judge
    return render(request, "console/cases/plan.html", {
        "case": case, "plan": plan, "facts": plan_telling.plan_facts(plan) if plan else [],
        "shares": plan_telling.share_table(plan, creditors, access) if plan else {"rows": []},
        "form": form if plan and (is_his or access.may("cases.bureau")) else None,
        "is_his": is_his, "may_settle": access.may("cases.bureau"),
        "may_plan": access.may("cases.hold") and case.state == "open",
        "breadcrumbs": _crumbs(case, _("分配方案"))})  # fmt: skip


def _pay(access: Access, case: CaseRow, plan: CasePlan, party_id: int, words: str) -> int:
    """The application for a share, whole, to the creditor's newest payee."""
    payee = next((one.payee_id for one in plans.creditors(case.case_id) if one.party_id == party_id), None)
    share = next((one for one in plans.shares_of(plan) if one.party_id == party_id), None)
    if payee is None or share is None:
        raise Refused(CaseCode.CASE_PAYEE_NONE, "party")
    asked = NewPayout("payout", payee, share.share_fen, words or _("分配方案 %(plan)d") % {"plan": plan.plan_id},
                      plan_id=plan.plan_id)  # fmt: skip
    return payouts.apply(access, case, asked, now())


def _deduct(access: Access, case: CaseRow, plan: CasePlan, words: str) -> int:
    """The application for what is left of a plan's fee and costs, to the court's own payee."""
    payee = next((one.payee_id for one in payouts.payees_for(case) if one.purpose == "fee"), None)
    if payee is None:
        raise Refused(CaseCode.CASE_PAYEE_NONE, "party")
    asked = NewPayout("fee", payee, plan.fee_left_fen, words or _("分配方案 %(plan)d") % {"plan": plan.plan_id},
                      plan_id=plan.plan_id)  # fmt: skip
    return payouts.apply(access, case, asked, now())


def _crumbs(case: CaseRow, title: str) -> list[dict[str, object]]:
    return [*crumbs(case.number)[:1], {"title": case.number, "url": reverse("court_case", args=[case.case_id])},
            {"title": title}]  # fmt: skip
