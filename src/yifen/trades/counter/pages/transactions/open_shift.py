"""Opening the shift 开班 (4640): the cash in the drawer, and the day begins."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yifen.core.access import edge
from yifen.core.access.edge import access_of, user_of
from yifen.core.access.signin import signature_of
from yifen.core.access.telling import put, words
from yifen.core.facts.refused import Refused
from yifen.face.desk.forms import SupervisorForm, posted
from yifen.face.desk.transaction import SHIFTS, DeskScreen, Transaction
from yifen.trades.counter.codes import CounterCode
from yifen.trades.counter.models import Shift
from yifen.trades.counter.operations.shifts import open_otherwise, open_shift
from yifen.trades.counter.pages.forms import OpenShiftForm

REASONS = (_("上缴现金"), _("领用现金"), _("交接他人"), _("原因待查"))
HELP = _("清点库箱现金，录入开班金额，F5 提交；没有现金录入 0。与上次轧账实点不符，须说明原因，并由主管在本屏授权。")


class OpenShift(Transaction):
    """One field; with other cash than he left, a supervisor signs at this screen."""

    group = SHIFTS
    needs_shift = needs_open_day = False

    def __init__(self) -> None:
        super().__init__("4640", pgettext_lazy("desk", "开班"), HELP)

    def work(self, request: HttpRequest, shift: Shift | None) -> DeskScreen | HttpResponse:
        form, signing, why = OpenShiftForm(posted(request)), None, ""
        if request.method == "POST" and form.is_valid():
            signing = SupervisorForm(request.POST if "supervisor" in request.POST else None, reasons=REASONS)
            try:
                opened(request, form.cleaned_data["opening"], signing)
            except Refused as refused:
                if refused.code is CounterCode.OPENING_DIFFERS:
                    why = words(request, refused)
                elif signing.is_bound:
                    put(request, signing, refused, "supervisor")
                else:
                    put(request, form, refused, "opening")
            else:
                messages.success(request, gettext("已开班"))
                return redirect("desk")
        is_asked = signing is not None and (why or signing.is_bound)
        return DeskScreen("open_shift", {"form": form, "signing": signing if is_asked else None, "why": why,
                                         "is_open": shift is not None})  # fmt: skip


def opened(request: HttpRequest, opening_fen: int, form: SupervisorForm) -> None:
    """With a supervisor's word where the form has it. Refused: as the operations refuse."""
    if not (form.is_bound and form.is_valid()):
        open_shift(user_of(request), opening_fen, edge.now())
        return
    data = form.cleaned_data
    signature = signature_of(request, data["supervisor"], data["supervisor_password"], data["supervisor_code"])
    open_otherwise(access_of(request), opening_fen, edge.now(), signature, data["reason"])
