"""The chargebacks of a payment: what there were, a form for another, and that the channel gave its payer the money."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.fields import LineField, YuanField
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import put, say, told, words
from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.reconciliation.chargebacks import carrying, deciding, rules
from yifen.trades.reconciliation.chargebacks.rules import (
    ChargedLine,
    ChargedPayment,
    PaymentChargeback,
)
from yifen.trades.reconciliation.pages.chargebacks_list import REASONS, STATES


class ChargebackForm(forms.Form):
    """How much goes back, and why."""

    amount = YuanField(label=gettext_lazy("退回金额（元）"))
    reason = forms.ChoiceField(label=gettext_lazy("退单原因"), choices=REASONS)
    note = LineField(label=gettext_lazy("说明"), max_length=80, required=False,
                     help_text=gettext_lazy("渠道来函的编号等；原因为“其他”时必填"))  # fmt: skip


@allow("payments.view")
def payment_chargebacks(request: HttpRequest, payment_id: int) -> HttpResponse:
    """What there were, and a form for another."""
    return shown(request, found_payment(request, payment_id))


@allow("payments.chargeback")
@require_POST
def chargeback_propose(request: HttpRequest, payment_id: int) -> HttpResponse:
    """POST amount, reason, note: for another person to decide."""
    found, form = found_payment(request, payment_id), ChargebackForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            row = deciding.propose(access_of(request), payment_id, asked["amount"], asked["reason"], asked["note"],
                                   now())  # fmt: skip
        except Refused as refused:
            put(request, form, refused, "amount")
            if way := way_of(refused.code):
                form.add_error("amount", way)
        else:
            return redirect("proposal", row.pk)
    return shown(request, found, form)


@allow("payments.chargeback")
@require_POST
def chargeback_outside(request: HttpRequest, payment_id: int, chargeback_id: int) -> HttpResponse:
    """POST reference: the channel's number of the money that it gave its payer."""
    found_payment(request, payment_id)
    with plain_connection() as conn:
        try:
            carrying.given_outside(conn, chargeback_id, access_of(request).session,
                                   request.POST.get("reference", ""), now())  # fmt: skip
        except Refused as refused:
            say(request, refused)
        else:
            messages.success(request, _("已记下渠道的退款编号"))
    return redirect("payment_chargebacks", payment_id)


def shown(request: HttpRequest, found: ChargedPayment, form: ChargebackForm | None = None) -> HttpResponse:
    access, number = access_of(request), str(found.payment_id)
    with plain_connection() as conn:
        rows, lines = carrying.of_payment(conn, found.payment_id), carrying.lines(conn, found)
    may_fen = min(found.left_fen, found.may_fen)
    return render(request, "console/recon/chargebacks.html", {
        "breadcrumbs": [{"title": _("缴费"), "url": reverse("payments")},
                        {"title": number, "url": reverse("payment", args=[found.payment_id])}, {"title": _("退单")}],
        "payment": found, "rows": [row_of(request, row) for row in rows],
        "waiting": open_proposal(deciding.ACT, number),
        "may": access.may("payments.chargeback"),
        "form": form or ChargebackForm(initial={"amount": format_yuan(may_fen)}),
        "lines": line_table(lines), "may_fen": may_fen,
        "used": used(request) if may_fen < found.left_fen else "",
        "is_possible": rules.refusal(found, may_fen) is None and all(row.state != "doing" for row in rows),
    })  # fmt: skip


def line_table(lines: list[ChargedLine]) -> dict[str, object]:
    """What of the payment is left, and what of it lies on the payer's balance."""
    def cells(line: ChargedLine) -> list[dict[str, object]]:
        kept: dict[str, object] = {"kind": "amount", "fen": line.kept_fen}
        if not line.kept_fen:
            kept = {"kind": "num", "text": ""}
        return [{"kind": "code", "text": line.ref}, {"kind": "text", "text": line.title},
                {"kind": "amount", "fen": line.left_fen}, kept]  # fmt: skip

    return {"columns": [{"title": _("缴费项")}, {"title": _("名称")}, {"title": _("剩余（元）"), "kind": "num"},
                        {"title": _("其中在预存款（元）"), "kind": "num"}],
            "rows": [{"cells": cells(line)} for line in lines]}  # fmt: skip


def used(request: HttpRequest) -> str:
    """That some of it was used, and the way out."""
    return f"{words(request, Refused(Code.PREPAID_USED))} {way_of(Code.PREPAID_USED)}"


def row_of(request: HttpRequest, row: PaymentChargeback) -> dict[str, object]:
    """One of them, in words."""
    word, tone = STATES["outside" if row.is_due else row.state]
    code = result_code(row.code) if row.code else None
    return {"row": row, "number": f"CB{row.chargeback_id}", "reason": told(rules.REASONS[row.reason]), "state": word,
            "tone": tone, "code": words(request, Refused(code)) if code else "",
            "way": way_of(code) if code else ""}  # fmt: skip


def way_of(code: ResultCode) -> str:
    """What to do about it, in the reader's language; "" where there is nothing to say."""
    return told(rules.WAYS[code]) if code in rules.WAYS else ""


def found_payment(request: HttpRequest, payment_id: int) -> ChargedPayment:
    """404 for what is not there, and for what is another's."""
    with plain_connection() as conn:
        found = carrying.find(conn, payment_id) if payment_id < 2**63 else None
    if found is None or not access_of(request).scope.has_partner(found.biller_id):
        raise Http404
    return found
