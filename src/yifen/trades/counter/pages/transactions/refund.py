"""Giving back what an earlier day collected 退款 (4626), the supervisor signing at this screen (P6)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access import edge
from yifen.core.access.edge import access_of
from yifen.core.access.signin import signature_of
from yifen.core.access.telling import put
from yifen.core.facts.codes import Code
from yifen.core.facts.money import format_yuan
from yifen.core.facts.refused import Refused
from yifen.face.desk import papers
from yifen.face.desk.forms import posted
from yifen.face.desk.transaction import CORRECTING, DeskScreen, Transaction
from yifen.hub.payments.local import hub_of
from yifen.trades.counter import queries
from yifen.trades.counter.models import REFUND, Entry, Shift
from yifen.trades.counter.operations.refund import check_refundable, refund
from yifen.trades.counter.pages.forms import FindForm, RefundForm
from yifen.trades.counter.pages.telling import Told, in_the_way

REASONS = (_("收错户号"), _("收错金额"), _("重复收款"), _("多收，退回差额"), _("缴费人要求退款"))
HELP = _("按流水号或缴费号找到已日切之日的一笔，录入退款金额，可全额，可部分，直至退完。核对后说明原因，"
         "主管在本屏录入账号、密码和动态码授权；全额退完须收回已打印的发票；"
         "按原缴费方式退还，打印退款凭证。")  # fmt: skip


class DeskRefund(Transaction):
    """Find it, say how much and why, have it authorised."""

    group = CORRECTING

    def __init__(self) -> None:
        super().__init__(REFUND, pgettext_lazy("desk", "退款"), HELP)

    def work(self, request: HttpRequest, shift: Shift | None) -> DeskScreen | HttpResponse:
        assert shift is not None
        find = FindForm(request.GET if request.GET.get("number") else None)
        if not find.is_bound or not find.is_valid():
            return DeskScreen("find", {"form": find})
        told: Told = []
        try:
            entry = _collected(shift, find.cleaned_data["number"])
            if request.method == "POST" and (known := queries.known_refund(entry, request.POST.get("serial", ""))):
                return redirect("desk_entry", known.pk)
            left_fen = check_refundable(entry, shift)
            if not queries.may_return_fen(entry):
                told = in_the_way(entry)
                raise Refused(Code.PREPAID_USED, "number")
        except Refused as refused:
            put(request, find, refused, "number")
            return DeskScreen("find", {"form": find, "told": told})
        form = RefundForm(posted(request), reasons=REASONS, papers=papers.out(entry.payment_id), initial={
            "amount": format_yuan(left_fen), "serial": queries.next_refund(entry)})  # fmt: skip
        if request.method == "POST" and form.is_valid():
            try:
                return redirect("desk_entry", _give_back(request, entry, form).pk)
            except Refused as refused:
                put(request, form, refused, "supervisor")
        return DeskScreen("give_back", {"form": form, "entry": entry, "left_fen": left_fen,
                                        "word": _("授权并退款")})  # fmt: skip


def _collected(shift: Shift, number: str) -> Entry:
    """Refused: OUT_OF_SCOPE."""
    entry = queries.collection_of(shift.institution_id, number)
    if entry is None:
        raise Refused(Code.OUT_OF_SCOPE, "number")
    return entry


def _give_back(request: HttpRequest, entry: Entry, form: RefundForm) -> Entry:
    """The refund's entry. Refused: AUTHORISATION_INVALID, and all of `refund`."""
    data = form.cleaned_data
    signed = signature_of(request, data["supervisor"], data["supervisor_password"],
                          data["supervisor_code"])  # fmt: skip
    return refund(hub_of(request), access_of(request), data["serial"], data["amount"], entry.pk, signed,
                  data["reason"], edge.now(), form.papers_back())  # fmt: skip
