"""An electronic invoice asked for 开数电票 (4643): find the payment, type the buyer, ask; the worker issues it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access import edge
from yifen.core.access.edge import access_of, key_ring_of, user_of
from yifen.core.access.telling import put
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.face.desk.forms import posted
from yifen.face.desk.transaction import CORRECTING, DeskScreen, Transaction
from yifen.face.plain import plain_connection
from yifen.trades.invoices import printing
from yifen.trades.invoices.electronic import issuing
from yifen.trades.invoices.keeping import ELECTRONIC_CODE
from yifen.trades.invoices.pages.electronic_facts import facts
from yifen.trades.invoices.pages.electronic_forms import BuyerDeskForm, ElectronicFindForm
from yifen.trades.invoices.printing import PaymentPapers

HELP = _("数电票由收费单位的平台开具，没有库存、不用打印：录入购方名称，单位另录纳税人识别号，F5 提交，"
         "号码随后显示在缴费和回单上。"
         "一笔缴费只有一张：纸质发票或数电票。冲正、退款后由系统申请红字确认单、开红票，不影响退款。")  # fmt: skip


class AskElectronic(Transaction):
    """Beside the paper print."""

    permission = "invoices.use"
    group = CORRECTING
    needs_shift = False
    needs_open_day = False

    def __init__(self) -> None:
        super().__init__(ELECTRONIC_CODE, _("开数电票"), HELP)

    def work(self, request: HttpRequest, shift: Any) -> DeskScreen | HttpResponse:
        find = ElectronicFindForm(request.GET if request.GET.get("number") else None)
        if not find.is_bound or not find.is_valid():
            return DeskScreen("invoice_find", {"form": find})
        try:
            payment, why = found(request, find.cleaned_data["number"])
        except Refused as refused:
            put(request, find, refused, "number")
            return DeskScreen("invoice_find", {"form": find})
        if "asked" in request.GET:
            return self.asked(payment)
        if why is not None:
            put(request, find, Refused(why, "number"), "number")
            return DeskScreen("invoice_find", {"form": find})
        form = BuyerDeskForm(posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                ring, session = key_ring_of(request), access_of(request).session
                with plain_connection() as conn:
                    issuing.ask(conn, ring, session, payment.payment_id, form.buyer(), edge.now())
                here = reverse("desk_transaction", args=[self.code])
                return redirect(f"{here}?number={payment.payment_id}&asked=1")
            except Refused as refused:
                put(request, form, refused, "buyer_name")
        return DeskScreen("invoice_buyer", {"form": form, "payment": payment})

    def asked(self, payment: PaymentPapers) -> DeskScreen:
        """How far it is."""
        with plain_connection() as conn:
            told = facts(conn, payment.payment_id)
        issued = any(one["is_issued"] for one in told)
        return DeskScreen("invoice_asked", {"payment": payment, "facts": told, "issued": issued})


def found(request: HttpRequest, typed: str) -> tuple[PaymentPapers, Any]:
    """The payment, and why it may have none. Refused: OUT_OF_SCOPE."""
    teller = user_of(request)
    with plain_connection() as conn:
        payment_id = printing.payment_of(conn, teller.institution_id, typed)
        payment = printing.known(conn, payment_id) if payment_id else None
        if payment is None:
            raise Refused(Code.OUT_OF_SCOPE, "number")
        why = issuing.may_issue(conn, payment.payment_id, teller.institution_id, edge.now())
    if why is Code.OUT_OF_SCOPE:
        raise Refused(why, "number")
    return payment, why
