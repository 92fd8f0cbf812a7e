"""Collecting 代收: account number, bills, how it is paid, confirm (4623 and its kin; P4)."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from msgspec import convert, to_builtins

from yifen.core.access import edge
from yifen.core.access.edge import user_of
from yifen.core.access.telling import numbered, put, words
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.wire.messages import Query
from yifen.core.wire.replies import QueryReply
from yifen.face.desk.transaction import DeskScreen, Text, Transaction
from yifen.hub.payments.local import hub_of
from yifen.trades.counter import queries
from yifen.trades.counter.models import SERIAL_MAX, Shift
from yifen.trades.counter.operations.collect import prepare
from yifen.trades.counter.operations.core import core_for, payer_of
from yifen.trades.counter.orders import DeskOrder
from yifen.trades.counter.pages.bills import PayForm
from yifen.trades.counter.pages.forms import LookUpForm

SALT = "desk.told"
HELP = _("输入户号回车查询；空格勾选账单；选择缴费方式，录入实收现金或付款账号，F5 提交；"
         "核对无误再按 F5 确认收款。")  # fmt: skip


class Collection(Transaction):
    """One category of billers, or all of them."""

    def __init__(self, code: str, title: Text, category: str) -> None:
        super().__init__(code, title, HELP)
        self.category = category

    def work(self, request: HttpRequest, shift: Shift | None) -> DeskScreen | HttpResponse:
        """GET: whose bills, and with an account number what they are. POST: a draft to confirm."""
        assert shift is not None
        if request.method == "POST":
            return self._pay(request, shift)
        billers = self._billers(shift)
        form = LookUpForm(request.GET if "account_no" in request.GET else None, billers=billers)
        if form.is_bound and form.is_valid():
            try:
                told = ask(request, shift, form.cleaned_data)
                if told.payables:
                    return self._bills(request, shift, PayForm(told=told, has_core=has_core(shift)))
                form.add_error("account_no", numbered(gettext("该户没有待缴的账单"), Code.NOTHING_CHOSEN))
            except Refused as refused:
                put(request, form, refused, "account_no")
        return DeskScreen("look_up", {"form": form, "billers": billers})

    def _billers(self, shift: Shift) -> list[tuple[str, str]]:
        return billers_here(shift, self.category)

    def _bills(self, request: HttpRequest, shift: Shift, form: PayForm) -> DeskScreen | HttpResponse:
        """The form carries what the hub told, signed, and the serial of the payment to be: however
        often it is sent, it is one payment."""
        told = signing.dumps(to_builtins(form.told), salt=SALT, compress=True)
        biller = dict(self._billers(shift)).get(form.told.biller, form.told.biller)
        serial = request.POST.get("serial") or queries.next_serial(shift)
        return DeskScreen("bills", {"form": form, "told": told, "biller": biller,
                                             "serial": serial[:SERIAL_MAX]})  # fmt: skip

    def _pay(self, request: HttpRequest, shift: Shift) -> DeskScreen | HttpResponse:
        """The draft; money moves when it is confirmed."""
        try:
            told = convert(signing.loads(request.POST.get("told", ""), salt=SALT), QueryReply)
        except signing.BadSignature:
            messages.error(request, words(request, Refused(Code.FORM_STALE)))
            return redirect("desk_transaction", self.code)
        form = PayForm(request.POST, told=told, has_core=has_core(shift))
        if form.is_valid():
            try:
                serial = request.POST.get("serial", "")[:SERIAL_MAX].replace("\x00", "")
                teller, order = user_of(request), self._order(form)
                entry = prepare(teller, serial, order, edge.now(), payer_of(teller, order))
                return redirect("desk_entry", entry.pk)
            except Refused as refused:
                put(request, form, refused)
        return self._bills(request, shift, form)

    def _order(self, form: PayForm) -> DeskOrder:
        told = form.told
        return DeskOrder(
            code=self.code, biller=told.biller, account_no=told.account_no,
            payer_name=told.payer_name, quote=told.quote or "", lines=form.lines(),
            payment=form.payment(),
        )  # fmt: skip


def billers_here(shift: Shift, category: str) -> list[tuple[str, str]]:
    """Whose bills this counter may ask for; category "": all."""
    rows = queries.billers_of(shift.institution_id, shift.channel, category)
    return [(row.partner.code, f"{row.partner.code} {row.partner.name}") for row in rows]


def has_core(shift: Shift) -> bool:
    """Whether the money moves in a core of the bank, too."""
    return core_for(shift.institution_id) is not None


def ask(request: HttpRequest, shift: Shift, data: dict[str, Any]) -> QueryReply:
    """查询 through the counter's channel. Refused: every code of the verb, BILLER_ELSEWHERE …"""
    queries.biller_for(shift.institution_id, shift.channel, data["biller"])
    code, reply = hub_of(request).query(
        shift.channel.partner.code, Query(biller=data["biller"], account_no=data["account_no"])
    )
    if code is not Code.OK:
        raise Refused(code, "account_no")
    return reply
