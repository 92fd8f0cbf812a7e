"""What the desk looks up without collecting: a customer 用电客户资料查询 (4651) with what this outlet did for him, his
bills 电费查询 (4652), and anything by its number 流水号查询 (4653)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import user_of
from yifen.core.access.telling import put
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries as statements
from yifen.face.desk.papers import paid_with
from yifen.face.desk.transaction import ASKING, DeskScreen, Transaction, shown_at
from yifen.face.plain import plain_connection
from yifen.trades.counter import queries
from yifen.trades.counter.models import Entry, Shift
from yifen.trades.counter.pages.forms import LookUpForm, NumberForm
from yifen.trades.counter.pages.transactions.collection import ask, billers_here

PAGE = 12
_SQL = statements("yifen.trades.counter")
CUSTOMER, BILLS, SERIAL = "4651", "4652", "4653"


class CustomerQuery(Transaction):
    """By company and account number, asked of the company as 4623 asks; nothing is drafted."""

    group = ASKING

    def work(self, request: HttpRequest, shift: Shift | None) -> DeskScreen | HttpResponse:
        assert shift is not None
        billers = billers_here(shift, "power")
        form = LookUpForm(request.GET if "account_no" in request.GET else None, billers=billers)
        context = {"form": form, "billers": billers}
        if form.is_bound and form.is_valid():
            try:
                told = ask(request, shift, form.cleaned_data)
                context |= {"told": told, "biller": dict(billers).get(told.biller, told.biller)}
                if self.code == CUSTOMER:
                    text = queries.JournalFilters(text=told.account_no)
                    context["entries"] = queries.journal([shift.institution_id], text, limit=PAGE)
            except Refused as refused:
                put(request, form, refused, "account_no")
        return DeskScreen("told", context)


class SerialQuery(Transaction):
    """By our serial or payment id, the core's serial, or the number of a printed invoice: its page, if it is of this
    outlet."""

    group = ASKING
    needs_shift = needs_open_day = False

    def __init__(self) -> None:
        super().__init__(SERIAL, _("流水号查询"),
                         _("录入本方流水号、缴费号、核心流水号或发票号码，F5 查找，转到该笔的结果页。"))

    def work(self, request: HttpRequest, shift: Shift | None) -> DeskScreen | HttpResponse:
        form = NumberForm(request.GET if "number" in request.GET else None)
        if form.is_bound and form.is_valid():
            number = form.cleaned_data["number"]
            if url := where(request, number) or where(request, number.upper()):  # our serials are written so
                return redirect(url)
            put(request, form, Refused(Code.SERIAL_UNKNOWN), "number")
        return DeskScreen("find", {"form": form})


def where(request: HttpRequest, number: str) -> str:
    """The page of what has this number at this outlet; empty: nothing has."""
    outlet = user_of(request).institution_id
    entry = queries.numbered_here(outlet, number)
    if entry is None and (url := shown_at(request, number)):
        return url
    with plain_connection() as conn:
        moves = [] if entry else conn.execute(_SQL["of_core_serial"], (number, outlet)).fetchall()
    for document, serial in moves:
        kind, _mark, key = document.partition(":")
        if kind == "counter_entry":
            return entry_at(int(key))
        if url := shown_at(request, serial):
            return url
    if entry is None:
        found = (queries.numbered_here(outlet, str(payment)) for payment in paid_with(number))
        entry = next((one for one in found if one), None)
    return entry_at(entry.pk) if isinstance(entry, Entry) else ""


def entry_at(entry_id: int) -> str:
    return reverse("desk_entry", args=[entry_id])
