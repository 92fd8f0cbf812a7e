"""Bill imports: a file taken in, its preview, its proposal, its result."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django import forms
from django.contrib import messages
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.fields import LineField
from yifen.core.access.telling import language, put, say
from yifen.core.audit.record import act
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.filed.telling import CSV, XLSX, download, faults_table, with_reasons
from yifen.face.lists.selecting import one
from yifen.face.plain import plain_connection
from yifen.face.scope import buckets
from yifen.trades.bills import files, importing
from yifen.trades.bills.importing import SECONDS_MAX, BillFile
from yifen.trades.bills.pages import telling
from yifen.trades.bills.pages.listing import BILL_IMPORTS, STATES, billers
from yifen.trades.bills.rules import FILING

REFUSED_SHOWN = 50
_REFUSED = queries("yifen.trades.bills")["refused"]


class BillsUploadForm(forms.Form):
    """A biller's file."""

    biller = forms.TypedChoiceField(label=_("收费单位"), coerce=int)
    file = forms.FileField(label=_("账单文件"), max_length=200,
                           help_text=_("CSV 或 Excel（.xlsx），不超过 25 MB、200,000 行"))  # fmt: skip


class ProposeForm(forms.Form):
    """What the second person is told."""

    reason = LineField(label=_("说明"), max_length=200, required=False)


@allow("payables.import")
def bill_upload(request: HttpRequest) -> HttpResponse:
    """GET the form; POST keeps the file and leads to its preview. Nothing is imported by that."""
    form = BillsUploadForm(request.POST or None, request.FILES or None)
    choices = [("", _("请选择")), *billers(access_of(request))]
    form.fields["biller"].choices = choices  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        asked, at = form.cleaned_data, now()
        try:
            with transaction.atomic(), plain_connection(SECONDS_MAX) as conn:
                biller = files.hosted(conn, str(asked["biller"]))
                file_id = files.take_in(conn, biller, asked["file"].file, asked["file"].name,
                                        user_of(request).login, at, buckets())  # fmt: skip
                found = importing.found(conn, file_id)
        except Refused as refused:
            put(request, form, refused, "file")
        else:
            if found.received_at != at:
                messages.warning(request, _("此文件先前已收（%(name)s，%(by)s），未重复载入；下面是先前那一份") % {
                    "name": found.name, "by": found.received_by})  # fmt: skip
            return redirect("bill_import", file_id)
    return render(request, "console/bills/upload.html",
                  {"form": form, "breadcrumbs": crumbs(now_("上传账单文件"))})  # fmt: skip


@allow("payables.import")
def bill_import(request: HttpRequest, file_id: int) -> HttpResponse:
    """The preview of one file, or what is wrong with it, or what became of it."""
    file, access = found_file(request, file_id), access_of(request)
    word, tone = STATES[file.state]
    shown: telling.Shown = {"file": file, "sha256": file.sha256.hex(), "state": word, "tone": tone,
             "form": ProposeForm(), "breadcrumbs": crumbs(str(file.file_id))}  # fmt: skip
    with plain_connection(SECONDS_MAX) as conn:
        if file.wrong:
            with files.kept_bytes(conn, file_id) as stream:
                lines = files.check(stream, file.biller_code, files.others(conn, file.biller_code))
                shown["faults"] = faults_table(lines, language(request))
            if len(shown["faults"]["rows"]) < file.wrong:
                shown["faults"]["more"] = file.wrong - len(shown["faults"]["rows"])
        else:
            seen = importing.preview(conn, file)
            shown |= {
                "seen": seen, "may_propose": file.state not in ("open", "running")
                and any(name in seen.standings for name in ("new", "changed", "withdraw")),
                "standings": telling.standings_table(seen),
                "compared": telling.compared_table(file.rows, file.due_fen, seen.before),
                "first": telling.rows_table(seen.first, access, file.biller_id),
                "largest": telling.rows_table(seen.largest, access, file.biller_id),
            }  # fmt: skip
        if file.refused:
            rows = conn.execute(_REFUSED, (file_id, file.proposal_id, REFUSED_SHOWN)).fetchall()
            shown["refused"] = telling.rows_table(rows, access, file.biller_id)
    return render(request, "console/bills/import.html", shown)


@allow("payables.import")
@require_POST
def bill_propose(request: HttpRequest, file_id: int) -> HttpResponse:
    """Put it before a second person."""
    found_file(request, file_id)
    form = ProposeForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        row = importing.propose(access_of(request), file_id, reason, now())
    except Refused as refused:
        say(request, refused)
        return redirect("bill_import", file_id)
    return redirect("proposal", row.pk)


@allow("payables.import")
def bill_faults(request: HttpRequest, file_id: int) -> HttpResponse:
    """The user's own file, each wrong row with its reason."""
    file = found_file(request, file_id)
    with plain_connection(SECONDS_MAX) as conn, files.kept_bytes(conn, file_id) as stream, \
            TemporaryDirectory() as folder:  # fmt: skip
        path = Path(folder) / "file"
        lines = files.check(stream, file.biller_code, files.others(conn, file.biller_code))
        kind = with_reasons(stream, lines, FILING, language(request), path)
        body = path.read_bytes()
    if kind == "xlsx":
        return sent(file, body, XLSX, "wrong.xlsx")
    return sent(file, body, CSV.format(kind.removesuffix("-sig")), "wrong.csv")


@allow("payables.import")
def bill_refused(request: HttpRequest, file_id: int) -> HttpResponse:
    """Rows that the database refused, as CSV."""
    file = found_file(request, file_id)
    with plain_connection(SECONDS_MAX) as conn:
        rows = conn.execute(_REFUSED, (file_id, file.proposal_id, None)).fetchall()
    return sent(file, telling.refused_csv(rows, file.biller_id), CSV.format("utf-8"), "refused.csv")


def sent(file: BillFile, body: bytes, kind: str, end: str) -> HttpResponse:
    """A download, which the trail knows of: it has payers' names."""
    name = f"{file.biller_code}-bills-{file.file_id}-{end}"
    act(connection, "download", "bill_file", file.file_id, note=name)
    return download(name, body, kind)


def found_file(request: HttpRequest, file_id: int) -> BillFile:
    """404 outside the scope."""
    if one(BILL_IMPORTS, access_of(request), file_id) is None:
        raise Http404
    with plain_connection() as conn:
        return importing.found(conn, file_id)


def crumbs(title: str) -> list[dict[str, str]]:
    return [{"title": now_("导入账单"), "url": reverse("bill_imports")}, {"title": title}]
