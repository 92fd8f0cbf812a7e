"""Jobs: undecided calls, daily files, exports."""

from django.db import connection
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now
from yifen.core.audit.record import act
from yifen.face.exports import jobs as export_jobs
from yifen.face.jobs import files
from yifen.face.jobs.calls import CALLS
from yifen.face.jobs.files import FILES
from yifen.face.jobs.made import MADE
from yifen.face.lists import showing
from yifen.face.lists.listing import Listing


@allow("jobs.view")
def jobs(request: HttpRequest) -> HttpResponse:
    """Payments that billers have not decided."""
    return show(request, CALLS)


@allow("jobs.view")
def daily_files(request: HttpRequest) -> HttpResponse:
    """The daily files."""
    return show(request, FILES)


@allow("jobs.view")
def exports(request: HttpRequest) -> HttpResponse:
    """The exports."""
    export_jobs.sweep(now())
    return show(request, MADE)


def show(request: HttpRequest, listing: Listing) -> HttpResponse:
    """One of the three lists, under tabs."""
    tabs = [
        {"title": title, "url": reverse(name), "current": name == listing.name}
        for title, name in (
            (_("未决调用"), "jobs"),
            (_("对账文件"), "daily_files"),
            (_("导出"), "exports"),
        )
    ]
    return showing.show(request, listing, "console/jobs.html", tabs=tabs)


@allow("payments.export")
def daily_file(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """One daily file, as the partner gets it."""
    found = files.one(file_id, access_of(request).scope)
    if found is None:
        raise Http404
    act(connection, "download", "daily_file", file_id,
        note=f"{found.partner_code} {found.business_day}")  # fmt: skip
    name = f"{found.partner_code}-{found.business_day:%Y%m%d}-v{found.version}.txt"
    return StreamingHttpResponse(
        files.parts(file_id), content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip
