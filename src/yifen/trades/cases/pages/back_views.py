"""Unidentified money is sent back to who paid it: the cashier's application."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.telling import put
from yifen.core.facts.masking import masked_number
from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.trades.cases.pages.money_views import found_unknown
from yifen.trades.cases.pages.payout_forms import SentBackForm
from yifen.trades.cases.pages.views import shown
from yifen.trades.cases.payees import PayeeAccount
from yifen.trades.cases.payout import sending_back
from yifen.trades.cases.payout.sending_back import SentBack


@allow("cases.check")
def court_send_back(request: HttpRequest, number: int) -> HttpResponse:
    """Of one receipt without a case, what nobody claimed."""
    access, money = access_of(request), found_unknown(access_of(request), number)
    if money.left_fen < 1:
        raise Http404
    form = SentBackForm(request.POST or None, initial={"amount": format_yuan(money.left_fen)})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        payee = PayeeAccount(asked["account_no"], asked["account_name"], asked["bank_name"], asked["bank_code"])
        try:
            with transaction.atomic():
                made = sending_back.apply(access, money, SentBack(
                    asked["amount"], asked["words"], asked["evidence"], payee, asked["other"]), now())  # fmt: skip
            return redirect("court_payout", made)
        except Refused as refused:
            put(request, form, refused, "amount")
    payer = f"{money.payer} {masked_number(money.payer_no)}" if money.payer_no else \
        _("对账单没有付款账号，须填收款账户")  # fmt: skip
    return shown(request, form, _("退回原付款人"), _("提交审批"), "court_unknowns", f"{money.serial} · {payer}")
