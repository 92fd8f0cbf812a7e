"""Collecting 代收: account number, bills, how it is paid, confirm (4623 and its kin; P4)."""

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from msgspec import convert, to_builtins

from yifen.access import edge
from yifen.access.edge import user_of
from yifen.counter import queries
from yifen.counter.models import PayKind, Shift
from yifen.counter.operations.collect import prepare
from yifen.counter.orders import Line, Order, Payment
from yifen.desk.forms import LookUpForm, PayForm
from yifen.desk.refusals import put
from yifen.desk.screen import show
from yifen.desk.transaction import Text, Transaction
from yifen.kernel.codes import Code
from yifen.kernel.refused import Refused
from yifen.payments.local import hub_of
from yifen.wire.messages import Query
from yifen.wire.replies import QueryReply

SALT = "desk.told"
HELP = _("输入户号回车查询；空格勾选账单；录入实收现金后 F5 提交，核对无误再按 F5 确认收款。")


class Collection(Transaction):
    """One category of billers, or all of them."""

    def __init__(self, code: str, title: Text, category: str) -> None:
        super().__init__(code, title, HELP)
        self.category = category

    def work(self, request: HttpRequest) -> HttpResponse:
        """GET: whose bills, and with an account number what they are. POST: a draft to confirm."""
        shift = queries.open_shift_of(user_of(request))
        if shift is None:
            return show(request, "no_shift", self, {})
        if request.method == "POST":
            return self._pay(request, shift)
        form = LookUpForm(request.GET if "account_no" in request.GET else None,
                          billers=self._billers(shift))  # fmt: skip
        if form.is_bound and form.is_valid():
            try:
                told = ask(request, shift, form.cleaned_data)
                if told.payables:
                    return self._bills(request, shift, PayForm(told=told))
                form.add_error("account_no", str(_("该户没有要缴的账单")))
            except Refused as refused:
                put(request, form, refused, "account_no")
        return show(request, "look_up", self, {"form": form})

    def _billers(self, shift: Shift) -> list[tuple[str, str]]:
        rows = queries.billers_of(shift.institution_id, shift.channel, self.category)
        return [(row.partner.code, f"{row.partner.code} {row.partner.name}") for row in rows]

    def _bills(self, request: HttpRequest, shift: Shift, form: PayForm) -> HttpResponse:
        told = signing.dumps(to_builtins(form.told), salt=SALT, compress=True)
        biller = dict(self._billers(shift)).get(form.told.biller, form.told.biller)
        serial = request.POST.get("serial") or queries.next_serial(shift)
        return show(request, "bills", self, {"form": form, "told": told, "biller": biller,
                                             "serial": serial[:32]})  # fmt: skip

    def _pay(self, request: HttpRequest, shift: Shift) -> HttpResponse:
        """The draft; money moves when it is confirmed."""
        try:
            told = convert(signing.loads(request.POST.get("told", ""), salt=SALT), QueryReply)
        except signing.BadSignature:
            return redirect("desk_transaction", self.code)
        form = PayForm(request.POST, told=told)
        if form.is_valid():
            try:
                serial = request.POST.get("serial", "")[:32]
                entry = prepare(user_of(request), serial, self._order(form), edge.now())
                return redirect("desk_entry", entry.pk)
            except Refused as refused:
                put(request, form, refused)
        return self._bills(request, shift, form)

    def _order(self, form: PayForm) -> Order:
        data, told = form.cleaned_data, form.told
        return Order(
            code=self.code, biller=told.biller, account_no=told.account_no,
            payer_name=told.payer_name, quote=told.quote or "",
            lines=tuple(Line(bill.payable, bill.title, fen) for bill, fen in form.chosen()),
            payment=Payment(PayKind(data["pay_kind"]), data["tendered"], data["from_account"]),
        )  # fmt: skip


def ask(request: HttpRequest, shift: Shift, data: dict[str, Any]) -> QueryReply:
    """查询 through the counter's channel. Refused: every code of the verb, BILLER_ELSEWHERE …"""
    queries.biller_for(shift.institution_id, shift.channel, data["biller"])
    code, reply = hub_of(request).query(
        shift.channel.partner.code, Query(biller=data["biller"], account_no=data["account_no"])
    )
    if code is not Code.OK:
        raise Refused(code, "account_no")
    return reply
