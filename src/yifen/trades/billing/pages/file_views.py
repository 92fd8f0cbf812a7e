"""Files of customers and readings: taken in, their preview, their proposal, their result."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now, user_of
from yifen.core.access.telling import language, put, say
from yifen.core.audit.record import act
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.face.filed.telling import CSV, XLSX, download, faults_table, with_reasons
from yifen.face.lists.selecting import one
from yifen.face.plain import plain_connection
from yifen.face.scope import buckets
from yifen.trades.billing.customers import files, importing, reading_files
from yifen.trades.billing.customers.filed_rows import CUSTOMERS as CUSTOMER_FILES
from yifen.trades.billing.customers.importing import SECONDS_MAX, BillingFile
from yifen.trades.billing.pages import customer_telling as telling
from yifen.trades.billing.pages.customer_forms import BillingUploadForm
from yifen.trades.billing.pages.customer_lists import FILE_STATES, FILES, billers

ROWS_SHOWN = 20
_SQL = queries(__package__)


@allow("billing.customers")
def billing_customers_upload(request: HttpRequest) -> HttpResponse:
    """The file is kept and leads to its preview. Nothing is imported by that."""
    return _upload(request, "customers", _("导入用户"), _(
        "先试算，不导入：任何一行有错，整份不收，并逐行说明原因。另一人复核同意后才导入。"
        "列：户号、户名、小区、楼栋、单元、门牌、费种、用户类别、起始日；"
        "可选：地区、人口、面积、系数、表号、计量（总、峰、谷）、倍率、位数、起码、"
        "手机、同意短信、预付费。"))  # fmt: skip


@allow("billing.customers")
def billing_readings_upload(request: HttpRequest) -> HttpResponse:
    """The file is kept and leads to its preview. Nothing is read by that."""
    return _upload(request, "readings", _("上传抄表文件"), _(
        "先预览，不收：新、相同、更正各多少行，突增、变小的逐行列出，看过再收。任何一行有错，整份不收，并逐行说明原因。"
        "列：表号、抄表日、读数；可选：计量（总、峰、谷）。"))  # fmt: skip


def _upload(request: HttpRequest, kind: str, title: str, lead: str) -> HttpResponse:
    form = BillingUploadForm(request.POST or None, request.FILES or None)
    form.fields["biller"].choices = billers(access_of(request))  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        at, login, name = now(), user_of(request).login, form.cleaned_data["file"].name
        try:
            with transaction.atomic(), plain_connection(SECONDS_MAX) as conn:
                biller = files.billing_biller(conn, form.cleaned_data["biller"])
                if kind == "customers":
                    file_id = files.take_in(conn, biller, form.stream, name, login, at, buckets())
                else:
                    file_id = reading_files.take_in(conn, biller, form.stream, name, login,
                                                    access_of(request).session, at)  # fmt: skip
                found = importing.found(conn, file_id)
        except Refused as refused:
            put(request, form, refused, "file")
        else:
            if found.received_at != at:
                messages.warning(request, _("此文件先前已收，未重复载入；下面是先前那一份"))
            return redirect("billing_file", file_id)
    return render(request, "console/billing/form.html", {
        "form": form, "title": title, "button": _("上传"), "lead": lead, "back": reverse("billing_files"),
        "breadcrumbs": crumbs(title), "upload": True,
    })  # fmt: skip


@allow("billing.customers")
def billing_file(request: HttpRequest, file_id: int) -> HttpResponse:
    """The preview of one file, or what is wrong with it, or what became of it."""
    file, access = found_file(request, file_id), access_of(request)
    word, tone = FILE_STATES[file.state]
    shown: telling.Shown = {"file": file, "state": word, "tone": tone, "sha256": file.sha256.hex(),
                            "breadcrumbs": crumbs(str(file_id))}  # fmt: skip
    with plain_connection(SECONDS_MAX) as conn:
        if file.wrong:
            with files.kept_bytes(conn, file_id) as stream:
                shown["faults"] = faults_table(_checked(conn, file, stream, access), language(request))
        elif file.kind == "readings" and file.state == "staged":
            with files.kept_bytes(conn, file_id) as stream:
                shown |= telling.reading_preview(reading_files.seen(conn, stream, file.biller_id), access)
        elif file.kind == "customers" and file.state not in counted_before(file):
            seen = importing.standings(conn, file_id)
            first = conn.execute(_SQL["first_rows"], (file_id, ROWS_SHOWN + 1)).fetchall()
            shown |= {
                "standings": telling.standings_table(seen), "first": telling.rows_table(first, access, file.biller_id),
                "may_propose": any(name in seen for name in ("new", "added", "changed")),
            }  # fmt: skip
        if file.refused:
            rows = conn.execute(_SQL["refused_rows"], (file_id, file.proposal_id, ROWS_SHOWN)).fetchall()
            shown["refused"] = telling.rows_table(rows, access, file.biller_id)
    return render(request, "console/billing/file.html", shown)


@allow("billing.customers")
@require_POST
def billing_file_propose(request: HttpRequest, file_id: int) -> HttpResponse:
    """Put it before a second person."""
    found_file(request, file_id)
    try:
        row = importing.propose(access_of(request), file_id, "", now())
    except Refused as refused:
        say(request, refused)
        return redirect("billing_file", file_id)
    return redirect("proposal", row.pk)


@allow("billing.customers")
@require_POST
def billing_file_take(request: HttpRequest, file_id: int) -> HttpResponse:
    """The readings of a file that was seen are written, all or none."""
    if found_file(request, file_id).kind != "readings":
        raise Http404
    with transaction.atomic(), plain_connection(SECONDS_MAX) as conn, files.kept_bytes(conn, file_id) as stream:
        refused = reading_files.take(conn, file_id, stream, access_of(request).session, now())
    if refused:
        said = _("现有 %(count)s 行不能收（账期已出账、表计已拆等），整份未收：请改正后重新上传")
        messages.error(request, said % {"count": refused})
    else:
        messages.success(request, _("已收下"))
    return redirect("billing_file", file_id)


@allow("billing.customers")
def billing_file_faults(request: HttpRequest, file_id: int) -> HttpResponse:
    """The user's own file, each wrong row with its reason."""
    file = found_file(request, file_id)
    filing = CUSTOMER_FILES if file.kind == "customers" else reading_files.READINGS
    with plain_connection(SECONDS_MAX) as conn, files.kept_bytes(conn, file_id) as stream, \
            TemporaryDirectory() as folder:  # fmt: skip
        path = Path(folder) / "file"
        lines = _checked(conn, file, stream, access_of(request))
        kind = with_reasons(stream, lines, filing, language(request), path)
        body = path.read_bytes()
    end = "xlsx" if kind == "xlsx" else "csv"
    name = f"{file.biller_code}-{file.kind}-{file_id}-wrong.{end}"
    act(connection, "download", "billing_file", file_id, note=name)  # it has holders' names
    return download(name, body, XLSX if kind == "xlsx" else CSV.format(kind.removesuffix("-sig")))


def counted_before(file: BillingFile) -> tuple[str, ...]:
    """States in which what it would do is not counted again: two people read that in its proposal, and what is done
    whole does nothing more."""
    return ("open", "running") if file.refused else ("open", "running", "done")


def _checked(conn: files.Conn, file: BillingFile, stream: Any, access: Access) -> Any:
    """As it would be checked now; nothing of it is written."""
    biller = files.billing_biller(conn, file.biller_id)
    if file.kind == "customers":
        return files.check_again(conn, stream, biller)
    return reading_files.checked_by(conn, stream, biller, access.session, now())


def found_file(request: HttpRequest, file_id: int) -> BillingFile:
    """404 outside the scope."""
    if one(FILES, access_of(request), file_id) is None:
        raise Http404
    with plain_connection() as conn:
        return importing.found(conn, file_id)


def crumbs(title: str) -> list[dict[str, str]]:
    return [{"title": _("用户、抄表文件"), "url": reverse("billing_files")}, {"title": title}]
