"""Invoices on paper 发票打印 (4627): the first print, 重打 with a supervisor, 补打 (P7)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access import edge
from yifen.core.access.edge import access_of, user_of
from yifen.core.access.signin import signature_of
from yifen.core.access.telling import put
from yifen.core.facts.codes import Code
from yifen.core.facts.paper_numbers import number_of
from yifen.core.facts.refused import Refused
from yifen.face.desk.forms import posted
from yifen.face.desk.transaction import CORRECTING, DeskScreen, Transaction
from yifen.face.plain import plain_connection
from yifen.trades.invoices import printing
from yifen.trades.invoices.codes import InvoiceCode
from yifen.trades.invoices.keeping import PRINT_CODE
from yifen.trades.invoices.pages.desk_forms import InvoiceFindForm, PaperForm, ReprintPaperForm
from yifen.trades.invoices.pages.words import WHAT
from yifen.trades.invoices.printing import NextNumber, PaperPrinted, PaymentPapers

REASONS = (_("卡纸"), _("打印不清"), _("错位"), _("纸张破损"))
HELP = _("重打：当日已打印的发票因卡纸、打印不清等作废，用下一号重新打印，主管在本屏授权；重打之后此笔不能再冲正。"
         "补打：最近 6 个月任何渠道的缴费，至多两次。须按号顺序使用。")  # fmt: skip


class PrintInvoice(Transaction):
    """Find the payment, check the number that is in the printer, print."""

    permission = "invoices.use"
    group = CORRECTING
    needs_open_day = False

    def __init__(self) -> None:
        super().__init__(PRINT_CODE, _("发票打印"), HELP)

    def work(self, request: HttpRequest, shift: Any) -> DeskScreen | HttpResponse:
        done = request.GET.get("done", "")[:18]
        if done.isdecimal() and (screen := printed_screen(request, int(done))):
            return screen
        find = InvoiceFindForm(request.GET if request.GET.get("number") else None)
        if not find.is_bound or not find.is_valid():
            return DeskScreen("invoice_find", {"form": find})
        what = find.cleaned_data["what"]
        try:
            payment, following, old = found(request, find.cleaned_data["number"], what)
        except Refused as refused:
            put(request, find, refused, "number")
            return DeskScreen("invoice_find", {"form": find})
        again = what == printing.REPRINT
        first = {"paper": following.text}
        form = (ReprintPaperForm(posted(request), reasons=REASONS, initial=first) if again
                else PaperForm(posted(request), initial=first))  # fmt: skip
        if request.method == "POST" and form.is_valid():
            try:
                number = printed(request, payment, what, form, following)
                return redirect(f"{reverse('desk_transaction', args=[self.code])}?done={number}")
            except Refused as refused:
                put(request, form, refused, "supervisor" if again and refused.field != "number" else "paper")
        return DeskScreen("invoice_print", {"form": form, "payment": payment, "following": following, "old": old,
                                            "what": WHAT[what], "is_reprint": again})  # fmt: skip


def found(request: HttpRequest, typed: str, what: str) -> tuple[PaymentPapers, NextNumber, list[PaperPrinted]]:
    """The payment, the number that comes next, and what was printed of it. Refused: OUT_OF_SCOPE, all that keeps it
    from being printed, INVOICE_NONE_IN_HAND."""
    teller = user_of(request)
    with plain_connection() as conn:
        payment_id = printing.payment_of(conn, teller.institution_id, typed)
        payment = printing.known(conn, payment_id) if payment_id else None
        if payment is None:
            raise Refused(Code.OUT_OF_SCOPE, "number")
        why = printing.may_print(conn, payment.payment_id, what, teller.institution_id, edge.now())
        if why is not None:
            raise Refused(why, "number")
        following = printing.next_number(conn, teller.pk, payment.payment_id)
        if following is None:
            raise Refused(InvoiceCode.INVOICE_NONE_IN_HAND, "number")
        return payment, following, printing.printed(conn, payment.payment_id)


def printed(request: HttpRequest, payment: PaymentPapers, what: str, form: Any, following: NextNumber) -> int:
    """The print's number; a supervisor's code serves once, so the paper is looked at before it. Refused:
    INVOICE_NUMBER_INVALID, AUTHORISATION_INVALID, and as the operation refuses."""
    data, access = form.cleaned_data, access_of(request)
    number = number_of(data["paper"])
    if number is None:
        raise Refused(InvoiceCode.INVOICE_NUMBER_INVALID, "paper")
    if what != printing.REPRINT:
        return printing.print_paper(access, payment.payment_id, what, number, edge.now())
    if number != following.number:
        raise Refused(InvoiceCode.INVOICE_NOT_LOWEST, "paper", following.text)
    signed = signature_of(request, data["supervisor"], data["supervisor_password"], data["supervisor_code"])
    return printing.reprint(access, payment.payment_id, number, signed, data["reason"], edge.now())


def printed_screen(request: HttpRequest, print_id: int) -> DeskScreen | None:
    """What was just printed by this teller."""
    with plain_connection() as conn:
        paper = printing.paper(conn, print_id)
        if paper is None or paper.teller_id != user_of(request).pk:
            return None
        payment = printing.known(conn, paper.payment_id)
    return DeskScreen("invoice_printed", {"paper": paper, "payment": payment, "what": WHAT[paper.what]})
