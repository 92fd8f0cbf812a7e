"""Taking back today's payment 当日冲正 (4625), the supervisor signing at this screen (P6)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from yifen.access import edge
from yifen.access.authorise import sign_here
from yifen.access.edge import user_of
from yifen.counter import queries
from yifen.counter.models import Entry, Shift
from yifen.counter.operations.reverse import check_reversible, reverse
from yifen.desk.forms import FindForm, SupervisorForm
from yifen.desk.refusals import put
from yifen.desk.screen import show
from yifen.desk.transaction import Transaction
from yifen.kernel.codes import Code
from yifen.kernel.refused import Refused
from yifen.payments.local import hub_of


class Reversal(Transaction):
    """Find it, say why, have it authorised."""

    def work(self, request: HttpRequest) -> HttpResponse:
        shift = queries.open_shift_of(user_of(request))
        if shift is None:
            return show(request, "no_shift", self, {})
        number = request.GET.get("number", "")
        find = FindForm(request.GET if number else None)
        if not find.is_bound or not find.is_valid():
            return show(request, "find", self, {"form": find})
        try:
            entry = reversible(shift, find.cleaned_data["number"])
        except Refused as refused:
            put(request, find, refused, "number")
            return show(request, "find", self, {"form": find})
        form = SupervisorForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                return redirect("desk_entry", take_back(request, entry, form).pk)
            except Refused as refused:
                put(request, form, refused)
        return show(request, "reverse", self, {"form": form, "entry": entry})


def reversible(shift: Shift, number: str) -> Entry:
    """Refused: OUT_OF_SCOPE, ENTRY_NOT_REVERSIBLE, DAY_CLOSED_USE_REFUND."""
    entry = queries.todays_entry(shift.institution_id, shift.business_day, number)
    if entry is None:
        raise Refused(Code.OUT_OF_SCOPE, "number")
    check_reversible(entry, shift)
    return entry


def take_back(request: HttpRequest, entry: Entry, form: SupervisorForm) -> Entry:
    """The reversal's entry. Refused: AUTHORISATION_INVALID, CHECKER_IS_MAKER, and all of `reverse`."""
    data, teller = form.cleaned_data, user_of(request)
    checker = sign_here(request, teller, data["supervisor"], data["supervisor_password"],
                        data["supervisor_code"])  # fmt: skip
    return reverse(hub_of(request), teller, entry.pk, checker, data["reason"], edge.now())
