"""Opening the shift 开班 (4640) and balancing it 轧账 (4641)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from yifen.access import edge
from yifen.access.authorise import sign_here
from yifen.access.edge import user_of
from yifen.access.models import User
from yifen.counter import queries
from yifen.counter.operations.shifts import close_shift, open_shift
from yifen.counter.rules import counted_fen
from yifen.desk.forms import CountForm, OpenShiftForm, SupervisorForm
from yifen.desk.refusals import put
from yifen.desk.screen import show
from yifen.desk.transaction import Transaction
from yifen.kernel.refused import Refused


class OpenShift(Transaction):
    """The cash in the drawer, and the day begins."""

    def work(self, request: HttpRequest) -> HttpResponse:
        form = OpenShiftForm(request.POST or None)
        form.fields["opening"].widget.attrs["autofocus"] = True
        if request.method == "POST" and form.is_valid():
            try:
                open_shift(user_of(request), form.cleaned_data["opening"] or 0, edge.now())
                messages.success(request, _("已开班"))
                return redirect("desk")
            except Refused as refused:
                put(request, form, refused, "opening")
        return show(request, "open_shift", self, {"form": form})


class CloseShift(Transaction):
    """Count first; the screen says what should be there only afterwards, so nobody counts to it."""

    def work(self, request: HttpRequest) -> HttpResponse:
        shift = queries.open_shift_of(user_of(request))
        if shift is None:
            return show(request, "no_shift", self, {})
        form = CountForm(request.POST or None)
        if request.method != "POST" or not form.is_valid():
            return show(request, "count", self, {"form": form})
        expected_fen, found_fen = queries.expected_fen(shift), counted_fen(form.counted())
        differs = found_fen != expected_fen
        signing = SupervisorForm(request.POST if "supervisor" in request.POST else None)
        context = {"form": form, "signing": signing if differs else None, "counted": found_fen,
                   "expected": expected_fen, "difference": found_fen - expected_fen}  # fmt: skip
        if not differs or (signing.is_bound and signing.is_valid()):
            try:
                checker, reason = self._checker(request, signing) if differs else (None, "")
                closed = close_shift(user_of(request), form.counted(), edge.now(), checker, reason)
                messages.success(request, _("已轧账"))
                return redirect("desk_shift", closed.pk)
            except Refused as refused:
                put(request, signing if differs else form, refused)
        return show(request, "count", self, context)

    @staticmethod
    def _checker(request: HttpRequest, form: SupervisorForm) -> tuple[User, str]:
        data = form.cleaned_data
        checker = sign_here(request, user_of(request), data["supervisor"],
                            data["supervisor_password"], data["supervisor_code"])  # fmt: skip
        return checker, data["reason"]
