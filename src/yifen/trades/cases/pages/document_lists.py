"""Lists of court funds on paper: the clearing list to put up, a judge's week, the ledger; what the filters say."""

from contextlib import closing
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from yifen.core.access.doors import View, allow
from yifen.core.access.edge import Access, access_of, user_of
from yifen.core.access.models import User
from yifen.core.documents.statement import Cell, Statement, StatementColumn, statement
from yifen.face.exports import jobs
from yifen.face.exports.rows import every_row
from yifen.face.lists import showing
from yifen.face.lists.listing import Column, ListAsk, Listing, Row
from yifen.face.lists.urls import list_urls

ROWS_MAX = 2_000
FILED_MAX = 20_000  # nobody waits for it
SHARES = {"time": 4, "amount": 3, "day": 3, "num": 2, "code": 2}


def printed_urls(listing: Listing) -> list[URLPattern]:
    """Its page with a button for the paper, its exports, the paper."""
    return [*list_urls(listing, _shown(listing)),
            path(f"{listing.route}pdf/", _paper(listing), name=f"{listing.name}_pdf")]  # fmt: skip


def _shown(listing: Listing) -> View:
    @allow(listing.permission)
    def shown(request: HttpRequest) -> HttpResponse:
        url = f"{reverse(f'{listing.name}_pdf')}?{showing.query(request)}"
        return showing.show(request, listing, "console/cases/printed.html", pdf_url=url)

    return shown


def _paper(listing: Listing) -> View:
    @allow(listing.export)
    def paper(request: HttpRequest) -> HttpResponse:
        """As much as fits on paper; more is for a file."""
        access, user = access_of(request), user_of(request)
        form = showing.form_of(listing, request.GET, access)
        if not form.is_valid():
            return redirect(listing.name)
        ask = showing.ask_of(listing, request.GET, access, form)
        found = _rows(listing, ask, ROWS_MAX)
        if len(found) > ROWS_MAX:
            messages.warning(request, _("超过 2,000 行，请加条件或导出 Excel"))
            return redirect(listing.name)
        jobs.note(listing, showing.query(request), "pdf", len(found))
        made = _printed(listing, ask, found, user)
        return HttpResponse(made, content_type="application/pdf", headers={
            "Content-Disposition": f'inline; filename="{listing.name}.pdf"'})  # fmt: skip

    return paper


def on_paper(listing: Listing, asked: QueryDict, access: Access, user: User) -> tuple[bytes, int]:
    """All of a list that a person may see, and how many rows; nobody asked for it at a page."""
    form = showing.form_of(listing, asked, access)
    if not form.is_valid():
        raise ValueError(f"{listing.name} is asked {asked!r}: {form.errors}")
    ask = showing.ask_of(listing, asked, access, form)
    found = _rows(listing, ask, FILED_MAX)
    return _printed(listing, ask, found, user), len(found)


def _rows(listing: Listing, ask: ListAsk, most: int) -> list[Row]:
    with closing(every_row(listing, ask, most + 1)) as rows:
        return jobs.small(rows, most)


def _printed(listing: Listing, ask: ListAsk, found: list[Row], user: User) -> bytes:
    with override("zh-hans"):
        lines = tuple(tuple(_cell(column.value_of(row, ask.access)) for column in listing.in_files) for row in found)
    return statement(Statement(
        issuer=user.partner.name if user.partner else user.institution.name, title=_in("zh-hans", listing.title),
        title_en=_in("en", listing.title), columns=tuple(map(_column, listing.in_files)), rows=lines,
        totals=_totals(listing, lines), made_at=ask.now, made_by=user.name, across=True,
    ))  # fmt: skip


def _column(column: Column) -> StatementColumn:
    holds = {"amount": "fen", "num": "count"}.get(column.kind, "text")
    return StatementColumn(zh=_in("zh-hans", column.title), en=_in("en", column.title),
                           holds=holds, share=SHARES.get(column.kind, 3))  # type: ignore[arg-type]  # fmt: skip


def _totals(listing: Listing, lines: tuple[tuple[Cell, ...], ...]) -> tuple[Cell, ...]:
    """Of every column of money; none where there is none."""
    def added(place: int, column: Column) -> Cell:
        fens = [fen for fen in (line[place] for line in lines) if isinstance(fen, int)]
        return sum(fens) if column.kind == "amount" and column.sums else None

    first, *found = (added(place, column) for place, column in enumerate(listing.in_files))
    return (first or "合计", *found) if any(one is not None for one in found) else ()


def _cell(value: Any) -> Cell:
    return value if isinstance(value, int | date | None) else str(value)


def _in(language: str, text: object) -> str:
    with override(language):
        return str(text)
