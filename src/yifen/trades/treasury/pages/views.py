"""Pages of the treasury: what is due becomes vouchers, another person agrees; papers; returns; rules."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.telling import put, say
from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face.people.called import called
from yifen.face.plain import plain_connection
from yifen.trades.treasury import rules, vouchers
from yifen.trades.treasury.pages import listing, papers, telling
from yifen.trades.treasury.pages.forms import CardReturnForm, TreasuryRuleForm, VoucherWordForm
from yifen.trades.treasury.pages.telling import CardReturnRow, VoucherLineRow, VoucherRow
from yifen.trades.treasury.rules import TreasuryRule

_SQL = queries(__package__)
BIGGEST = 2**62
DUE_MOST = 200


@allow("treasury.make")
def treasury_due(request: HttpRequest) -> HttpResponse:
    """What is due to cards of one's units. POST repayment=…: they go into vouchers."""
    access = access_of(request)
    if request.method == "POST":
        wanted = [int(one) for one in request.POST.getlist("repayment") if one.isdecimal() and len(one) < 19]
        try:
            with transaction.atomic():
                made = vouchers.make(access, wanted, now())
            messages.success(request, _("已制作 %(count)s 张支付凭证，待另一人复核") % {"count": len(made)})
            return redirect("treasury_voucher", made[0]) if len(made) == 1 else redirect("treasury_vouchers")
        except Refused as refused:
            say(request, refused)
            return redirect("treasury_due")
    found = rows("due", {"session": access.session})
    today = timezone.localdate(now())
    return render(request, "console/treasury/due.html", {
        "due": [{"id": row[0], "unit": row[1], "holder": row[2], "tail": row[3], "indicator": row[4], "fen": row[5],
                 "due_on": row[6], "late": row[6] < today, "reason": row[7], "purpose": row[8], "claim": row[9],
                 "refunded": telling.refunded_told(row[10] or 0)}
                for row in found[:DUE_MOST]],
        "any_refunded": any(row[10] for row in found[:DUE_MOST]),
        "to_return": telling.to_return_table(rows("to_return", {"session": access.session})),
        "total": sum(row[5] for row in found[:DUE_MOST]), "more": len(found) > DUE_MOST,
        "breadcrumbs": crumbs(_("待还款"))})  # fmt: skip


@allow("treasury.view")
def treasury_voucher(request: HttpRequest, voucher_id: int) -> HttpResponse:
    """One voucher: what it pays, what became of each line, how often it was printed; the second person decides here."""
    access, one = access_of(request), found_voucher(request, voucher_id)
    may = one.state == "asked" and access.may("treasury.agree") and user_of(request).login != one.made_by
    prints = rows("prints", (voucher_id,))
    return render(request, "console/treasury/voucher.html", {
        "one": one, "facts": telling.voucher_facts(one),
        "lines": telling.line_table(one, lines_of(voucher_id), access.may("treasury.make")),
        "prints": telling.print_table(prints) if prints else None,
        "form": VoucherWordForm(initial={"seen": one.digest}) if may else None,
        "may_ask": one.state in ("sent", "unknown") and access.may("treasury.make"),
        "may_print": one.state not in ("asked", "refused")
        and (access.may("treasury.make") or access.may("treasury.agree")),
        "breadcrumbs": crumbs(one.voucher_no)})  # fmt: skip


@allow("treasury.agree")
@require_POST
def treasury_voucher_act(request: HttpRequest, voucher_id: int) -> HttpResponse:
    """POST act=yes, no. Who may, the database says."""
    act, form = request.POST.get("act"), VoucherWordForm(request.POST)
    found_voucher(request, voucher_id)
    try:
        with transaction.atomic():
            if act in ("yes", "no") and form.is_valid():
                vouchers.agree(access_of(request), voucher_id, seen=form.cleaned_data["seen"], yes=act == "yes",
                               note=form.cleaned_data["note"], now=now())  # fmt: skip
    except Refused as refused:
        say(request, refused)
    return redirect("treasury_voucher", voucher_id)


@allow("treasury.make")
@require_POST
def treasury_voucher_ask(request: HttpRequest, voucher_id: int) -> HttpResponse:
    """The bank is asked now; it is never sent again by that."""
    found_voucher(request, voucher_id)
    try:
        vouchers.ask_again(access_of(request), voucher_id, now())
        messages.success(request, _("即将再次查询代理银行"))
    except Refused as refused:
        say(request, refused)
    return redirect("treasury_voucher", voucher_id)


@allow("treasury.view")
@require_POST
def treasury_voucher_print(request: HttpRequest, voucher_id: int, form: str) -> HttpResponse:
    """voucher, detail or summary as PDF; it is counted."""
    one, access, at = found_voucher(request, voucher_id), access_of(request), now()
    if form not in ("voucher", "detail", "summary"):
        raise Http404
    ((code, turn),) = rows("print_once_more", (access.session, voucher_id, form, at))
    if code:
        say(request, Refused(result_code(code)))
        return redirect("treasury_voucher", voucher_id)
    login, lines = called(user_of(request).login), lines_of(voucher_id)
    one = one._replace(made_by=called(one.made_by), agreed_by=called(one.agreed_by))
    match form:
        case "voucher":
            body = papers.voucher_paper(one, lines, turn, at, login)
        case "detail":
            body = papers.detail_paper(one, lines, turn, at, login)
        case _:
            body = papers.summary_paper(one, lines, turn, at, login)
    return HttpResponse(body, content_type="application/pdf",
                        headers={"Content-Disposition": f'inline; filename="{one.voucher_no}-{form}.pdf"'})  # fmt: skip


@allow("treasury.make")
def treasury_return_new(request: HttpRequest, voucher_id: int, line_no: int) -> HttpResponse:
    """So much of a line came back, put before another."""
    one = found_voucher(request, voucher_id)
    line = next((row for row in lines_of(voucher_id) if row.line_no == line_no), None)
    if line is None:
        raise Http404
    form = CardReturnForm(request.POST or None, initial={"amount": format_yuan(line.amount_fen - line.returned_fen)})
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                asked = vouchers.ask_return(access_of(request), voucher_id, line_no, form.cleaned_data["amount"],
                                            form.cleaned_data["reason"], now())  # fmt: skip
            return redirect("treasury_return", asked)
        except Refused as refused:
            put(request, form, refused, "amount")
    return render(request, "console/treasury/form.html", {
        "form": form, "title": pgettext("voucher", "退票"), "button": _("提交复核"),
        "lead": f"{line.holder} …{line.tail} · {one.voucher_no}-{line_no}",
        "back": reverse("treasury_voucher", args=[voucher_id]), "breadcrumbs": crumbs(one.voucher_no)})  # fmt: skip


@allow("treasury.view")
def treasury_return(request: HttpRequest, return_id: int) -> HttpResponse:
    """One return. POST act=take (of what the bank told), yes, no; who may, the database says."""
    access = access_of(request)
    found = rows("one_return", {"one": return_id, "user": user_of(request).pk}) if return_id < BIGGEST else []
    if not found:
        raise Http404
    one, act = CardReturnRow(*found[0]), request.POST.get("act")
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        try:
            with transaction.atomic():
                if act == "take":
                    vouchers.take_return(access, return_id, now())
                elif act in ("yes", "no"):
                    fen = int(seen) if seen.isdecimal() and len(seen) < 18 else 0
                    vouchers.decide_return(access, return_id, seen_fen=fen, yes=act == "yes", now=now())  # fmt: skip
        except Refused as refused:
            say(request, refused)
        return redirect("treasury_return", return_id)
    return render(request, "console/treasury/return.html", {
        "one": one, "facts": telling.return_facts(one),
        "may_take": one.state == "told" and access.may("treasury.make"),
        "may_decide": one.state == "asked" and access.may("treasury.agree")
        and user_of(request).login != one.asked_by,
        "breadcrumbs": [{"title": _("退票"), "url": reverse("treasury_returns")},
                        {"title": str(return_id)}]})  # fmt: skip


@allow("treasury.rules")
def treasury_rule_new(request: HttpRequest) -> HttpResponse:
    """A bureau's rule, put before another."""
    access = access_of(request)
    form = TreasuryRuleForm(request.POST or None, initial={"valid_from": timezone.localdate(now()),
                                                           "purpose": "公务卡还款"})
    form.offer(listing.bureaus(access), rows("banks"))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            made = rules.propose(access, asked["bureau"], TreasuryRule(
                asked["valid_from"], asked["bank"], asked["treasury"], asked["treasury_no"], asked["purpose"],
                asked["class_digits"], asked["quota_at_once"]), now())  # fmt: skip
            return redirect("proposal", made.pk)
        except Refused as refused:
            put(request, form, refused, "valid_from")
    return render(request, "console/treasury/form.html", {
        "form": form, "title": _("国库支付规则"), "button": _("提交复核"), "lead": "",
        "back": reverse("treasury_vouchers"),
        "breadcrumbs": crumbs(_("国库支付规则"))})  # fmt: skip


def crumbs(title: str) -> list[dict[str, Any]]:
    return [{"title": _("支付凭证"), "url": reverse("treasury_vouchers")}, {"title": title}]


def found_voucher(request: HttpRequest, voucher_id: int) -> VoucherRow:
    """404: of no unit that he sees."""
    found = rows("voucher", {"one": voucher_id, "user": user_of(request).pk}) if voucher_id < BIGGEST else []
    if not found:
        raise Http404
    return VoucherRow(*found[0])


def lines_of(voucher_id: int) -> list[VoucherLineRow]:
    return [VoucherLineRow(*row) for row in rows("lines", (voucher_id,))]


def rows(statement: str, values: Any = ()) -> list[tuple[Any, ...]]:
    with plain_connection() as conn:
        return conn.execute(_SQL[statement], values).fetchall()
