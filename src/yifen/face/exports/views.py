"""Exporting a list: a small one is sent at once, a large one is written beside and fetched later."""

from contextlib import closing
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import Door, View, allow
from yifen.core.access.edge import access_of, actor_of, user_of
from yifen.core.audit.record import act
from yifen.core.jobs.standing import JobStanding
from yifen.face.exports import jobs
from yifen.face.exports.csv_file import csv_chunks
from yifen.face.exports.excel_file import write_excel
from yifen.face.exports.rows import every_row
from yifen.face.lists import showing
from yifen.face.lists.gone import refuse_gone
from yifen.face.lists.listing import ListAsk, Listing, Row
from yifen.face.lists.registry import bound, lists_by_name
from yifen.face.models import Export
from yifen.face.shell.errors import refusing

AT_ONCE = 5000  # rows that are sent without a detour
QUERY_MAX = 4000
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def exporting(listing: Listing) -> View:
    """The view that exports a list by POST format=csv|xlsx, query=filters."""

    @allow(listing.export)
    @require_POST
    @refusing
    def export(request: HttpRequest, **about: Any) -> HttpResponseBase:
        if not access_of(request).may(listing.permission):  # who may not see it exports nothing of it
            raise PermissionDenied(listing.permission)
        return start(request, bound(listing, access_of(request), **about))

    return export


def start(request: HttpRequest, listing: Listing) -> HttpResponseBase:
    """The file, or a page that shows how it grows."""
    form_name, query = request.POST.get("format", ""), request.POST.get("query", "")
    if form_name not in TYPES or len(query) > QUERY_MAX:
        raise Http404
    asked, access = QueryDict(query), access_of(request)
    form = showing.form_of(listing, asked, access)
    if not (form.is_valid() and form.asks):
        raise Http404
    refuse_gone(listing, form)
    ask = showing.ask_of(listing, asked, access, form)
    with closing(every_row(listing, ask, AT_ONCE + 1)) as rows:
        found = jobs.small(rows, AT_ONCE)
    if len(found) <= AT_ONCE:
        jobs.note(listing, query, form_name, len(found))
        return send(listing, ask, found, form_name)
    try:
        export = begin(request, listing, ask.now, query)
    except IntegrityError:  # the database counts, whoever asks
        messages.error(request, _("您的多个导出尚未完成，请待其完成后再导出"))
        export = Export.objects.filter(maker=user_of(request), state=Export.State.RUNNING).latest("pk")
    return HttpResponseRedirect(reverse("export", args=[export.pk]))


def send(listing: Listing, ask: ListAsk, rows: list[Row], form_name: str) -> HttpResponseBase:
    """A small export, at once."""
    name = file_name(listing, ask.now, form_name)
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    if form_name == "csv":
        return StreamingHttpResponse(
            csv_chunks(listing, ask, rows), content_type=TYPES["csv"], headers=headers
        )
    with TemporaryDirectory(dir=jobs.folder()) as folder:
        path = Path(folder) / "export.xlsx"
        write_excel(path, listing, ask, rows)
        return HttpResponse(path.read_bytes(), content_type=TYPES["xlsx"], headers=headers)


@transaction.atomic
def begin(request: HttpRequest, listing: Listing, asked_at: datetime, query: str) -> Export:
    """A large export; the same person's same question that is still being answered is not asked
    twice. IntegrityError: he has so many under way that another must wait."""
    user = user_of(request)
    who = actor_of(request, user)
    question = {"maker": user, "listing": listing.name, "query": query,
                "format": request.POST["format"], "about": listing.about}  # fmt: skip
    for under_way in Export.objects.filter(maker=user, state=Export.State.RUNNING):
        _, job = jobs.how_far(under_way)
        if job is not JobStanding.GONE and all(getattr(under_way, k) == v for k, v in question.items()):
            return under_way
    export = Export.objects.create(
        **question, language=request.LANGUAGE_CODE or "", asked_at=asked_at,
        address=who.address, request=who.request,
    )  # fmt: skip
    jobs.begin(export)
    return export


def file_name(listing: Listing, at: datetime, form_name: str) -> str:
    """The list's title in the reader's language, and when it was asked for by the clock on the wall."""
    title = "".join(letter if letter.isalnum() else "-" for letter in str(listing.title))
    return f"{title}-{localtime(at):%Y%m%d-%H%M%S}.{form_name}"


@allow(Door.SIGNED_IN)
def export(request: HttpRequest, export_id: int) -> HttpResponse:
    """How far one's own export is."""
    found, job = jobs.how_far(own(request, export_id))
    return render(request, "console/export.html", {"export": found, "job": job})


@allow(Door.SIGNED_IN)
def export_file(request: HttpRequest, export_id: int) -> HttpResponseBase:
    """The file of one's own export, while it is kept."""
    found = own(request, export_id)
    listing, path = lists_by_name().get(found.listing), jobs.folder() / Path(found.file).name
    if listing is None or not access_of(request).may(listing.export):  # the right was taken since
        raise PermissionDenied(found.listing)
    if found.state != Export.State.DONE or not path.is_file():
        raise Http404
    act(connection, "download", "console_export", found.pk, note=found.file)
    return FileResponse(path.open("rb"), as_attachment=True,
                        filename=file_name(listing, found.asked_at, found.format),
                        content_type=TYPES[found.format])  # fmt: skip


def own(request: HttpRequest, export_id: int) -> Export:
    """404 for another's."""
    found = Export.objects.filter(pk=export_id, maker=user_of(request)).first()
    if found is None:
        raise Http404
    return found
