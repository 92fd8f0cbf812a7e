"""Layouts of partners' files 版式: listed, edited, tried on a file before anything is loaded by them."""

from typing import Any, BinaryIO, NamedTuple, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import say
from yifen.core.facts.bilingual import in_language
from yifen.core.facts.refused import Refused
from yifen.trades.reconciliation import ruling
from yifen.trades.reconciliation.models import Layout
from yifen.trades.reconciliation.pages import layouts
from yifen.trades.reconciliation.pages.layout_forms import LayoutForm, columns_of, described, rows
from yifen.trades.reconciliation.readers import layout as reader
from yifen.trades.reconciliation.readers.layout_check import check_layout
from yifen.trades.reconciliation.readers.registry import Hints, open_file
from yifen.trades.reconciliation.reasons import named, of_file
from yifen.trades.reconciliation.rows import FileError, Row

SHOWN = 20
Shown = dict[str, Any]


class Tried(NamedTuple):
    """What a file is by a layout: its first rows, how many and how much in all, or the breach."""

    rows: list[Row]
    lines: int
    amount_fen: int
    error: FileError | None


@allow("reconciliation.rules")
def recon_layout_new(request: HttpRequest) -> HttpResponse:
    """A new one."""
    return edit(request, None)


@allow("reconciliation.rules")
def recon_layout(request: HttpRequest, layout_id: int) -> HttpResponse:
    """One of them; POST try=1 tries what is on the screen, else it is proposed."""
    found = Layout.objects.filter(pk=layout_id).first() if layout_id < 2**63 else None
    if found is None or not layouts.may_edit(found, access_of(request).scope):
        raise Http404
    return edit(request, found)


def edit(request: HttpRequest, found: Layout | None) -> HttpResponse:
    """The editor."""
    posted, tried = request.POST or None, None
    form, columns = LayoutForm(posted, instance=found), columns_of(found, posted)
    if posted and form.is_valid() and columns.is_valid():
        asked = described(form, columns)
        if "try" in request.POST:
            tried = try_on(asked, request)
        elif checked(form, asked):
            try:
                proposal = ruling.propose_layout(access_of(request), found, form.cleaned_data,
                                                 rows(columns), now())  # fmt: skip
                return redirect("proposal", proposal.pk)
            except Refused as refused:
                say(request, refused)
    return render(request, "console/recon/layout.html", {
        "breadcrumbs": [{"title": _("对账规则"), "url": reverse("recon_rules")},
                        {"title": _("版式"), "url": reverse("recon_layouts")},
                        {"title": found.code if found else _("新版式")}],
        "waiting": found and open_proposal(ruling.LAYOUT, found.code),
        "layout": found, "form": form, "columns": columns, "tried": tried,
        "error": told(request, tried.error) if tried and tried.error else None,
    })  # fmt: skip


def checked(form: LayoutForm, asked: reader.FileLayout) -> bool:
    """Whether files can be read by it; else the mistake stands on its field."""
    try:
        check_layout(asked)
    except FileError as error:
        where = error.column if error.column in form.fields else None
        text = of_file(f"{error.code:04d} {named(error.column)}", error.reason)
        form.add_error(where, in_language(text, get_language() or ""))
        return False
    return True


def try_on(layout: reader.FileLayout, request: HttpRequest) -> Tried | None:
    """The file of the request read by this layout, and nothing kept of it."""
    file = request.FILES.get("file")
    if file is None or file.file is None:
        messages.warning(request, _("请选择要试读的文件"))
        return None
    return read(layout, cast(BinaryIO, file.file), str(file.name))


def read(layout: reader.FileLayout, stream: BinaryIO, name: str) -> Tried:
    """From the first line to the last, for the totals stand there."""
    found: list[Row] = []
    count = amount_fen = 0
    try:
        for row in open_file("layout", stream, Hints(name=name, layout=layout)):
            count, amount_fen = count + 1, amount_fen + row.signed_fen
            if count <= SHOWN:
                found.append(row)
    except FileError as error:
        return Tried(found, count, amount_fen, error)
    return Tried(found, count, amount_fen, None)


def told(request: HttpRequest, error: FileError) -> Shown:
    """The breach with code, line and column."""
    meaning = error.code.meaning
    is_zh = str(request.LANGUAGE_CODE).startswith("zh")
    return {"number": f"{error.code:04d}", "title": meaning.zh if is_zh else meaning.en,
            "text": in_language(error.told, str(request.LANGUAGE_CODE))}
