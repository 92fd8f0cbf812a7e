"""Pages of payouts and held money: a judge applies, each level agrees, parts are held and released."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now, user_of
from yifen.core.access.telling import put, say, told
from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.face.forms import ReasonForm
from yifen.trades.cases import keeping
from yifen.trades.cases.pages import listing, payout_telling
from yifen.trades.cases.pages.payout_forms import (
    HoldForm,
    JudgeForm,
    LevelForm,
    OwnPayeeForm,
    PartyForm,
    PayoutForm,
)
from yifen.trades.cases.pages.views import BIGGEST, crumbs, found, shown
from yifen.trades.cases.payees import PayeeAccount
from yifen.trades.cases.payout import holds, payout_payees, payouts
from yifen.trades.cases.payout.holds import NewHold
from yifen.trades.cases.payout.payouts import Application, NewPayout


@allow("cases.apply")
def court_payout_new(request: HttpRequest, case_id: int) -> HttpResponse:
    """A judge applies for a payout of a case of his; its amount is held from then on."""
    access, case = access_of(request), found(access_of(request), case_id)
    free = payouts.free(case.court_id, case.account_no)
    receipts = [(row[0], payout_telling.receipt(row)) for row in payouts.refundable(case)]
    payees = payouts.payees_for(case)
    form = PayoutForm(request.POST or None, initial={"amount": format_yuan(free.free_fen)}).offer(
        [(one.payee_id, told(one.text)) for one in payees], receipts)  # fmt: skip
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            with transaction.atomic():
                made = payouts.apply(access, case, NewPayout(asked["kind"], asked["payee"], asked["amount"],
                                                             asked["words"], asked["receipt"],
                                                             other=asked["other"]), now())  # fmt: skip
            return redirect("court_payout", made)
        except Refused as refused:
            put(request, form, refused, "amount")
    return render(request, "console/cases/apply.html", {
        "case": case, "form": form, "facts": [*payout_telling.free_facts(free), *payout_telling.legal_facts(case)],
        "refused": [told(one.text) for one in payees if one.refused is not None],
        "breadcrumbs": [*crumbs(case.number)[:1], {"title": case.number, "url": reverse("court_case", args=[case_id])},
                        {"title": _("申请结退")}]})  # fmt: skip


@allow("cases.view")
def court_payout(request: HttpRequest, application_id: int) -> HttpResponse:
    """One application: what is asked for, what is free, who agreed; the level whose turn it is decides here."""
    access, asked = access_of(request), found_application(access_of(request), application_id)
    words = payouts.signatures(application_id)
    free = payouts.room(application_id)
    level = asked.levels[len(words)] if asked.state == "asked" else ""
    may = bool(level) and access.may(f"cases.{level}") and user_of(request).login != asked.asked_by
    takes_back = asked.state in ("asked", "approved") and (
        user_of(request).login == asked.asked_by or access.may("cases.bureau"))
    return render(request, "console/cases/payout.html", {
        "asked": asked, "facts": payout_telling.application_facts(asked, len(words), access),
        "free": payout_telling.room_facts(asked, free), "signatures": payout_telling.signature_table(asked, words),
        "form": LevelForm(initial={"seen": asked.digest}) if may else None, "may_withdraw": takes_back,
        "again": asked.state in ("returned", "rejected") and access.may("cases.apply") and asked.case_id
                 and user_of(request).login == asked.asked_by,
        "breadcrumbs": [{"title": _("案款结退"), "url": reverse("court_payouts")},
                        {"title": str(application_id)}]})  # fmt: skip


@allow("cases.view")
@require_POST
def court_payout_act(request: HttpRequest, application_id: int) -> HttpResponse:
    """POST act=yes, no, withdraw. Who may, the database says."""
    access, act, form = access_of(request), request.POST.get("act"), LevelForm(request.POST)
    found_application(access, application_id)
    try:
        with transaction.atomic():
            if act == "withdraw":
                payouts.withdraw(access, application_id, now())
            elif act in ("yes", "no") and form.is_valid():
                payouts.sign(access, application_id, seen=form.cleaned_data["seen"], yes=act == "yes",
                             note=form.cleaned_data["note"], now=now())  # fmt: skip
    except Refused as refused:
        say(request, refused)
    return redirect("court_payout", application_id)


@allow("cases.hold")
def court_hold_new(request: HttpRequest, case_id: int) -> HttpResponse:
    """A part of a case's money held, put before another."""
    access, case = access_of(request), found(access_of(request), case_id)
    form = HoldForm(request.POST or None, initial={"from_on": timezone.localdate(now())})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            made = holds.propose(access, case_id, NewHold(asked["kind"], asked["amount"], asked["source"],
                                                          asked["from_on"], asked["until_on"]), now())  # fmt: skip
            return redirect("proposal", made.pk)
        except Refused as refused:
            put(request, form, refused, "kind")
    return shown(request, form, f"{_('冻结案款')} {case.number}", _("提交复核"), "court_cases")


@allow("cases.hold")
def court_release(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Its release, put before another."""
    access, form = access_of(request), ReasonForm(request.POST or None)
    try:
        hold = holds.found(hold_id) if hold_id < BIGGEST else None
    except Refused:
        hold = None
    if hold is None or not access.scope.has_partner(hold.court_id):
        raise Http404
    if request.method == "POST" and form.is_valid():
        try:
            made = holds.propose_release(access, hold_id, now(), form.cleaned_data["reason"])
            return redirect("proposal", made.pk)
        except Refused as refused:
            put(request, form, refused, "reason")
    return shown(request, form, f"{_('解除冻结')} {hold.number}", _("提交复核"), "court_cases", hold.source)


@allow("cases.payees")
def court_own_payee(request: HttpRequest) -> HttpResponse:
    """Where a court's fees or deposits go, put before another."""
    access = access_of(request)
    form = OwnPayeeForm(request.POST or None).offer(listing.courts(access))
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        court, purpose = fields.pop("court"), fields.pop("purpose")
        try:
            made = payout_payees.propose(access, court, purpose, PayeeAccount(**fields), now())
            return redirect("proposal", made.pk)
        except Refused as refused:
            put(request, form, refused, "account_no")
    return shown(request, form, _("法院收款账户"), _("提交复核"), "courts",
                 _("扣费、提存只付到这里；从复核起生效。"))  # fmt: skip


@allow("cases.view")
@require_POST
def court_case_people(request: HttpRequest, case_id: int) -> HttpResponse:
    """POST act=party, judge. Who may, the database says."""
    access, act, case = access_of(request), request.POST.get("act"), found(access_of(request), case_id)
    party, judge = PartyForm(request.POST), JudgeForm(request.POST)
    try:
        if act == "party" and party.is_valid():
            keeping.add_party(access, case, party.cleaned_data["role"], party.cleaned_data["name"])
        elif act == "judge" and judge.is_valid():
            keeping.set_judge(access, case_id, judge.cleaned_data["judge"])
            messages.success(request, _("承办人已变更"))
    except Refused as refused:
        say(request, refused)
    return redirect("court_case", case_id)


def found_application(access: Access, application_id: int) -> Application:
    """404 outside the scope."""
    try:
        asked = payouts.found(application_id) if application_id < BIGGEST else None
    except Refused:
        asked = None
    if asked is None or not access.scope.has_partner(asked.court_id):
        raise Http404
    return asked
