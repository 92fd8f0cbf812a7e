"""Stock by institution 凭证库存: each holder's numbers as a bar by state, and how many of each."""

from itertools import groupby
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.selecting import params_of
from yifen.trades.invoices.pages.views import read
from yifen.trades.invoices.pages.words import STATES
from yifen.trades.invoices.rules import NumberSpan, shown_spans

_STOCK = queries(__package__)["stock"]
WIDTH = 1000  # of a bar, in its own units
SHOWN_MAX = 300
COUNTED = ("hand", "blocked", "transit", "used", "void", "void_transit", "destroyed")


class BarPiece(NamedTuple):
    """Neighbours of one state: where in the bar, and what they are."""

    x: float
    width: float
    state: str
    title: str


class HolderStock(NamedTuple):
    """What one holder has of a kind: a bar, and pieces by state."""

    institution: str
    teller: str
    pieces: list[BarPiece]
    counts: list[int]

    @property
    def total(self) -> int:
        return sum(self.counts)


class KindStock(NamedTuple):
    """A kind with its holders, and all of them together."""

    kind: str
    holders: list[HolderStock]
    counts: list[int]
    more: int

    @property
    def total(self) -> int:
        return sum(self.counts)


@allow("invoices.view")
def invoice_stock(request: HttpRequest) -> HttpResponse:
    """GET kind: only this one."""
    asked = request.GET.get("kind", "")[:9]
    access = access_of(request)
    found = params_of(access, now()) | {"kind": int(asked) if asked.isdecimal() else None}
    return render(request, "console/invoices/stock.html", {
        "stocks": stocks(read(_STOCK, found)), "states": [(state, STATES[state][0]) for state in COUNTED],
        "may_keep": access.may("invoices.keep"), "may_kinds": access.may("invoices.kinds"),
        "breadcrumbs": [{"title": _("凭证库存")}],
    })  # fmt: skip


def stocks(rows: list[tuple[Any, ...]]) -> list[KindStock]:
    """Rows in the order of kind, holder and number, as `queries.sql` has them."""
    found = []
    for _key, of_kind in groupby(rows, key=lambda row: row[0]):
        kind_rows = list(of_kind)
        holders = [holder(list(held)) for _who, held in groupby(kind_rows, key=lambda row: row[3:5])]
        counts = [sum(column) for column in zip(*(one.counts for one in holders), strict=True)]
        found.append(KindStock(kind_rows[0][1], holders[:SHOWN_MAX], counts, max(len(holders) - SHOWN_MAX, 0)))
    return found


def holder(rows: list[tuple[Any, ...]]) -> HolderStock:
    """One holder's bar: its numbers in their order, each as wide as it is many."""
    total = sum(row[7] - row[6] + 1 for row in rows)
    pieces, before, counts = [], 0, dict.fromkeys(COUNTED, 0)
    for _kind_id, _kind, digits, _institution, _teller, state, first, last in rows:
        span = NumberSpan(first, last)
        title = f"{STATES[state][0]} {shown_spans([span], digits)} ({span.pieces:,})"
        pieces.append(BarPiece(round(WIDTH * before / total, 2), round(WIDTH * span.pieces / total, 2), state, title))
        before += span.pieces
        counts[state] += span.pieces
    return HolderStock(rows[0][3], rows[0][4] or "", pieces, list(counts.values()))
