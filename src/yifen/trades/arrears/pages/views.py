"""An account in arrears: its bills, what was done, what holds it; calls, promises, disputes, plans."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.telling import put, say
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import ResultCode
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.trades.arrears import debts, planning
from yifen.trades.arrears.codes import ArrearsCode
from yifen.trades.arrears.debts import DebtAccount
from yifen.trades.arrears.pages import tables
from yifen.trades.arrears.pages.forms import (
    CallForm,
    DisputeForm,
    PlanForm,
    PromiseForm,
    SettleForm,
)
from yifen.trades.arrears.pages.lists import read
from yifen.trades.arrears.pages.masking import account_shown

_SQL = queries(__package__)
FIELDS: dict[ResultCode, str] = {ArrearsCode.PROMISE_WRONG: "until", ArrearsCode.PROMISE_SUM: "fen"}
"""Where a refusal is told, if not at the first field."""


def found(request: HttpRequest, customer_id: int) -> DebtAccount:
    """404 outside the scope."""
    try:
        return debts.account(access_of(request), customer_id)
    except Refused:
        raise Http404 from None


@allow("arrears.view")
def arrears_account(request: HttpRequest, customer_id: int) -> HttpResponse:
    """What it owes, what was done, what holds it."""
    one, access = found(request, customer_id), access_of(request)
    debts.look(one, now())
    may = access.may("arrears.do")
    owed = read(_SQL["account_debts"], tables.at(one))
    buttons = [
        (fee, name, next_kind == "call" and not why)
        for fee, name, _c, _fen, late, *_r, next_kind, _on, why in owed
        if late and may
    ]
    return render(
        request,
        "console/arrears/account.html",
        {
            "one": one,
            "facts": tables.facts(one, access, any(is_call for *_rest, is_call in buttons)),
            "buttons": buttons,
            "sections": tables.sections(one, access, now()),
            "breadcrumbs": crumbs(_("欠费户"), "arrears_debts", account_shown(access, one.account_no)),
            "customer_url": reverse("billing_customer", args=[customer_id])
            if access.may("billing.view")
            else "",
        },
    )


@allow("arrears.do")
def arrears_call(request: HttpRequest, customer_id: int, fee_id: int) -> HttpResponse:
    """How a call ended that was due; one that is disputed goes on to its bills."""
    form = CallForm(request.POST or None)

    def done(given: dict[str, Any]) -> str:
        debts.act(
            "call",
            "outcome",
            session=access_of(request).session,
            customer=customer_id,
            fee=fee_id,
            now=now(),
            **given,
        )
        return "arrears_dispute" if given["outcome"] == "disputed" else ""

    one = found(request, customer_id)
    owed = read(_SQL["account_debts"], tables.at(one))
    due = any(fee == fee_id and kind == "call" and not why for fee, *_rest, kind, _on, why in owed)
    return _acted(request, customer_id, fee_id, form, _("记录通话"), done, " ".join(tables.reached(one)) if due else "")


@allow("arrears.do")
def arrears_promise(request: HttpRequest, customer_id: int, fee_id: int) -> HttpResponse:
    """So much until a day."""
    form = PromiseForm(request.POST or None)

    def done(given: dict[str, Any]) -> str:
        debts.act(
            "promise",
            "until",
            session=access_of(request).session,
            customer=customer_id,
            fee=fee_id,
            now=now(),
            **given,
        )
        return ""

    return _acted(request, customer_id, fee_id, form, _("登记承诺"), done)


@allow("arrears.do")
def arrears_dispute(request: HttpRequest, customer_id: int, fee_id: int) -> HttpResponse:
    """Of which overdue bills, and why."""
    one, form = found(request, customer_id), DisputeForm(request.POST or None)
    form.fields["bills"].choices = [  # type: ignore[attr-defined]
        (bill.bill_id, f"B{bill.bill_id} {bill.title} {bill.due_on} ¥{grouped_yuan(bill.owed_fen)}")
        for bill in debts.overdue(one, fee_id, now()) if not bill.is_disputed]  # fmt: skip

    def done(given: dict[str, Any]) -> str:
        debts.act(
            "dispute",
            "bills",
            session=access_of(request).session,
            customer=customer_id,
            fee=fee_id,
            now=now(),
            **given,
        )
        return ""

    return _acted(
        request,
        customer_id,
        fee_id,
        form,
        _("登记异议"),
        done,
        _("异议期间这些账单不催缴；违约金停计另由两人办理（账单页“违约金”）。"),
    )


@allow("arrears.do")
def arrears_plan(request: HttpRequest, customer_id: int, fee_id: int) -> HttpResponse:
    """Put before a second person."""
    one = found(request, customer_id)
    debts.fresh(one, now())
    owed = sum(bill.owed_fen for bill in debts.overdue(one, fee_id, now()))
    form = PlanForm(owed, localdate(now()), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = planning.propose(access_of(request), customer_id, fee_id, form.cleaned_data["rows"],
                                   form.cleaned_data["reason"], now())  # fmt: skip
        except Refused as refused:
            put(request, form, refused, "rows")
        else:
            return redirect("proposal", row.pk)
    return _form(request, one, form, _("分期还款"), _("提交复核"), _("逾期欠费 %(yuan)s 元，各期合计须与之相等。") % {
        "yuan": grouped_yuan(owed)})  # fmt: skip


@allow("arrears.do")
def arrears_settle(request: HttpRequest, hold_id: int) -> HttpResponse:
    """A dispute is settled by another than who wrote it down; one that was found right can only be taken back."""
    rows = read(_SQL["hold"], {"hold": hold_id}) if hold_id < 2**62 else []
    if not rows or not access_of(request).scope.has_partner(rows[0][0]):
        raise Http404
    _biller, customer_id, fee, fen, note, made_by, upheld_by = rows[0]
    form = SettleForm(request.POST or None)
    if upheld_by:
        form.fields["upheld"].choices = [("no", _("无须更正，继续催缴"))]  # type: ignore[attr-defined]

    def done(given: dict[str, Any]) -> str:
        debts.act(
            "settle", "upheld", session=access_of(request).session, hold=hold_id, now=now(), **given
        )
        if given["upheld"]:
            messages.warning(request, _("账单更正或撤销之前不催缴，请到账单页办理；办完后所余部分恢复催缴。"))
        return ""

    return _acted(
        request,
        customer_id,
        None,
        form,
        _("了结异议"),
        done,
        f"{fee} ¥{grouped_yuan(fen)} · {note} · {made_by}",
    )


@allow("arrears.do")
@require_POST
def arrears_cut_again(request: HttpRequest, cut_id: int) -> HttpResponse:
    """Somebody goes there once more."""
    if cut_id >= 2**62:
        raise Http404
    try:
        debts.act("cut_again", "", session=access_of(request).session, cut=cut_id, now=now())
    except Refused as refused:
        if refused.code is ArrearsCode.CUT_UNKNOWN:
            raise Http404 from None
        say(request, refused)
    else:
        messages.success(request, _("已再次派单"))
    return redirect("arrears_cuts")


def _acted(
    request: HttpRequest, customer_id: int, fee_id: int | None, form: forms.Form, title: str,
    done: Callable[[dict[str, Any]], str], lead: str = "",
) -> HttpResponse:  # fmt: skip
    """A form about a debt; `done` answers which page of the debt comes next, "": the account's."""
    one = found(request, customer_id)
    if request.method == "POST" and form.is_valid():
        try:
            following = done(form.cleaned_data)
        except Refused as refused:
            put(request, form, refused, FIELDS.get(refused.code, next(iter(form.fields))))
        else:
            messages.success(request, _("已登记"))
            return (
                redirect(following, customer_id, fee_id)
                if following
                else redirect("arrears_account", customer_id)
            )
    return _form(request, one, form, title, _("登记"), lead)


def _form(
    request: HttpRequest, one: DebtAccount, form: forms.Form, title: str, button: str, lead: str
) -> HttpResponse:
    access = access_of(request)
    return render(request, "console/arrears/form.html", {
        "form": form, "title": title, "button": button, "back": reverse("arrears_account", args=[one.customer_id]),
        "lead": f"{account_shown(access, one.account_no)} {one.place}" + (f" · {lead}" if lead else ""),
        "breadcrumbs": crumbs(_("欠费户"), "arrears_debts", title),
    })  # fmt: skip


def crumbs(list_title: str, route: str, title: str) -> list[dict[str, Any]]:
    return [{"title": list_title, "url": reverse(route)}, {"title": title}]
