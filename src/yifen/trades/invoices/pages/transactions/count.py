"""Papers counted 凭证盘点 (4642): what the teller has in hand, against the book; before the shift is balanced."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from yifen.core.access import edge
from yifen.core.access.edge import access_of, user_of
from yifen.core.access.telling import put
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.desk.forms import posted
from yifen.face.desk.transaction import SHIFTS, DeskScreen, Transaction
from yifen.face.plain import plain_connection
from yifen.trades.invoices import rules, stock
from yifen.trades.invoices.keeping import COUNT_CODE
from yifen.trades.invoices.pages.desk_forms import CountPapersForm

_TO_COUNT = queries("yifen.trades.invoices")["to_count"]
HELP = _("按票据种类录入手中发票的号码，F5；核对所录无误再按 F5 登记，登记之后才与账面核对，差错逐号列出。"
         "轧账之前须先盘点。")  # fmt: skip


class KindCounted(NamedTuple):
    """One kind: how many were counted, and what differs."""

    title: str
    pieces: int
    missing: str
    surplus: str


class CountTyped(NamedTuple):
    """What is about to be registered: title, pieces and numbers of each kind. `key`: the same, for the form that
    confirms just this."""

    key: str
    rows: list[tuple[str, int, str]]


class CountPapers(Transaction):
    """The screen says what should be there only afterwards, so nobody counts to it."""

    permission = "invoices.use"
    group = SHIFTS
    needs_open_day = False

    def __init__(self) -> None:
        super().__init__(COUNT_CODE, _("凭证盘点"), HELP)

    def work(self, request: HttpRequest, shift: Any) -> DeskScreen | HttpResponse:
        with plain_connection() as conn:
            kinds = conn.execute(_TO_COUNT, {"user": user_of(request).pk, "since": shift.opened_at}).fetchall()
        form = CountPapersForm(posted(request), kinds=kinds)
        if request.method != "POST" or not form.is_valid():
            return DeskScreen("invoice_count", {"form": form, "kinds": kinds})
        shown = as_typed(form, kinds)
        if request.POST.get("shown") != shown.key:  # seen once before it is registered
            return DeskScreen("invoice_count", {"form": form, "kinds": kinds, "shown": shown})
        try:
            rows = counted(request, form, kinds)
        except Refused as refused:
            put(request, form, refused)
            return DeskScreen("invoice_count", {"form": form, "kinds": kinds})
        agrees = not any(row.missing or row.surplus for row in rows)
        return DeskScreen("invoice_counted", {"rows": rows, "agrees": agrees})


def as_typed(form: CountPapersForm, kinds: list[tuple[Any, ...]]) -> CountTyped:
    typed = form.counted()
    rows = [(f"{name} {prefix}".strip(), rules.count(typed[kind_id]), rules.shown_spans(typed[kind_id], digits))
            for kind_id, name, prefix, digits in kinds]  # fmt: skip
    return CountTyped(" | ".join(spans for _title, _pieces, spans in rows), rows)


def counted(request: HttpRequest, form: CountPapersForm, kinds: list[tuple[Any, ...]]) -> list[KindCounted]:
    """Each kind against the book. Refused: PERMISSION_MISSING, INVOICE_NUMBER_INVALID."""
    access, typed = access_of(request), form.counted()
    assert access.user is not None
    rows = []
    with plain_connection() as conn:
        for kind_id, name, prefix, digits in kinds:
            found = typed[kind_id]
            result = stock.count(conn, access.session, "day", kind_id, access.user.pk, found, edge.now())
            missing, surplus = (rules.shown_spans(one, digits) for one in result)
            rows.append(KindCounted(f"{name} {prefix}".strip(), rules.count(found), missing, surplus))
    return rows
