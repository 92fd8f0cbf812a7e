"""Receipt again 回单重打 (4630): the teller's last one, or any of his outlet's by its number."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import user_of
from yifen.core.access.telling import put
from yifen.core.facts.refused import Refused
from yifen.face.desk.transaction import CORRECTING, DeskScreen, Transaction
from yifen.trades.counter import queries
from yifen.trades.counter.codes import CounterCode
from yifen.trades.counter.models import Entry, Shift
from yifen.trades.counter.pages.forms import FindForm


class Reprint(Transaction):
    """Empty: the last one."""

    group = CORRECTING
    needs_shift = needs_open_day = False

    def __init__(self) -> None:
        super().__init__("4630", _("回单重打"), _("直接 F5 为本人最近一笔，或录入流水号、缴费号查找；"
                                               "在结果页按 F4 打印，第二次起回单带“重打”标记。"))  # fmt: skip

    def work(self, request: HttpRequest, shift: Shift | None) -> DeskScreen | HttpResponse:
        form = FindForm(request.GET if "number" in request.GET else None)
        if form.is_bound and form.is_valid():
            try:
                return redirect("desk_entry", printable(request, form.cleaned_data["number"]).pk)
            except Refused as refused:
                put(request, form, refused, "number")
        last = queries.last_booked(user_of(request))
        return DeskScreen("find", {"form": form, "last": last})


def printable(request: HttpRequest, number: str) -> Entry:
    """Refused: RECEIPT_MISSING."""
    teller = user_of(request)
    entry = queries.last_booked(teller)
    if number:
        entry = queries.collection_of(teller.institution_id, number)
    if entry is None or not entry.has_paper:
        raise Refused(CounterCode.RECEIPT_MISSING, "number")
    return entry
