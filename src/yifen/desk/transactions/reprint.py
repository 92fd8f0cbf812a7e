"""Receipt again 回单重打 (4630): the teller's last one, or any of today's by its number."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from yifen.access.edge import user_of
from yifen.counter import queries
from yifen.counter.models import Entry
from yifen.desk.forms import FindForm
from yifen.desk.refusals import put
from yifen.desk.screen import show
from yifen.desk.transaction import Transaction
from yifen.kernel.codes import Code
from yifen.kernel.refused import Refused


class Reprint(Transaction):
    """Empty: the last one."""

    def work(self, request: HttpRequest) -> HttpResponse:
        form = FindForm(request.GET if "number" in request.GET else None)
        if form.is_bound and form.is_valid():
            entry = self._entry(request, form.cleaned_data["number"])
            if entry is not None:
                return redirect("desk_entry", entry.pk)
            put(request, form, Refused(Code.RECEIPT_MISSING, "number"))
        last = queries.last_booked(user_of(request))
        return show(request, "find", self, {"form": form, "last": last})

    @staticmethod
    def _entry(request: HttpRequest, number: str) -> Entry | None:
        teller = user_of(request)
        if not number:
            return queries.last_booked(teller)
        found = queries.journal([teller.institution_id], queries.Filters(text=number), limit=1)
        return found[0] if found and found[0].state in queries.COUNTED else None
