"""Opening the shift 开班 (4640): the cash in the drawer, and the day begins."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yifen.core.access import edge
from yifen.core.access.edge import user_of
from yifen.core.access.telling import put
from yifen.core.facts.refused import Refused
from yifen.face.desk.forms import posted
from yifen.face.desk.transaction import SHIFTS, DeskScreen, Transaction
from yifen.trades.counter.models import Shift
from yifen.trades.counter.operations.shifts import open_shift
from yifen.trades.counter.pages.forms import OpenShiftForm

HELP = _("清点库箱现金，录入开班金额，F5 提交；没有现金录入 0。")


class OpenShift(Transaction):
    """One field."""

    group = SHIFTS
    needs_shift = needs_open_day = False

    def __init__(self) -> None:
        super().__init__("4640", pgettext_lazy("desk", "开班"), HELP)

    def work(self, request: HttpRequest, shift: Shift | None) -> DeskScreen | HttpResponse:
        form = OpenShiftForm(posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                open_shift(user_of(request), form.cleaned_data["opening"], edge.now())
            except Refused as refused:
                put(request, form, refused, "opening")
            else:
                messages.success(request, gettext("已开班"))
                return redirect("desk")
        return DeskScreen("open_shift", {"form": form, "is_open": shift is not None})
