"""Balancing the shift 轧账 (4641): the cash is counted, then compared with what should be there."""

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from yifen.core.access import edge
from yifen.core.access.edge import access_of
from yifen.core.access.signin import signature_of
from yifen.core.access.telling import put, words
from yifen.core.facts.refused import Refused
from yifen.face.desk.forms import SupervisorForm, posted
from yifen.face.desk.transaction import SHIFTS, DeskScreen, Transaction
from yifen.trades.counter import queries
from yifen.trades.counter.codes import CounterCode
from yifen.trades.counter.models import Shift
from yifen.trades.counter.operations.shifts import close_shift
from yifen.trades.counter.pages.forms import CountForm
from yifen.trades.counter.rules import counted_fen

REASONS = (_("找零差错"), _("收款差错"), _("误收假币"), _("重空短缺"), _("原因待查"))
HELP = _("按券别清点库箱现金，录入张数，F5 提交。清点之后才显示应有现金；"
         "有长短款，或重空账实不符，须说明原因，并由主管在本屏授权。")  # fmt: skip


class DrawerFound(NamedTuple):
    """What the count came to, in fen."""

    counted_fen: int
    expected_fen: int

    @property
    def difference_fen(self) -> int:
        return self.counted_fen - self.expected_fen


class CloseShift(Transaction):
    """Count first; the screen says what should be there only afterwards, so nobody counts to it."""

    group = SHIFTS
    needs_open_day = False  # a shift of yesterday is balanced all the same

    def __init__(self) -> None:
        super().__init__("4641", _("轧账"), HELP)

    def work(self, request: HttpRequest, shift: Shift | None) -> DeskScreen | HttpResponse:
        assert shift is not None
        count = CountForm(posted(request))
        if request.method != "POST" or not count.is_valid():
            return DeskScreen("count", {"form": count})
        counted = count.counted()
        signing = signing_of(request)
        try:
            return closed(close_shift(access_of(request), counted, edge.now()))
        except Refused as refused:
            if refused.code is not CounterCode.SHIFT_DIFFERENCE:
                put(request, count, refused)
                return DeskScreen("count", {"form": count})
            why = words(request, refused)
        if signing.is_bound and signing.is_valid():
            try:
                return closed(signed(request, counted, signing))
            except Refused as refused:
                put(request, signing, refused, "supervisor")
        found = DrawerFound(counted_fen(counted), queries.expected_fen(shift))
        return DeskScreen("count", {"form": count, "signing": signing, "found": found, "why": why})


def signing_of(request: HttpRequest) -> SupervisorForm:
    """The part that a difference asks for; bound once it was shown."""
    sent = request.POST if "supervisor" in request.POST else None
    return SupervisorForm(sent, reasons=REASONS)


def signed(request: HttpRequest, counted: dict[int, int], form: SupervisorForm) -> Shift:
    """Balanced with a supervisor's word. Refused: AUTHORISATION_INVALID, and all of `close_shift`."""
    data = form.cleaned_data
    signature = signature_of(request, data["supervisor"], data["supervisor_password"],
                             data["supervisor_code"])  # fmt: skip
    return close_shift(access_of(request), counted, edge.now(), signature, data["reason"])


def closed(shift: Shift) -> DeskScreen | HttpResponse:
    return redirect("desk_shift", shift.pk)
