"""Jobs: the exports, and a daily file as it is sent."""

from django.db import connection
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of
from yifen.core.audit.record import act
from yifen.face.jobs import files
from yifen.face.jobs.files import FILES
from yifen.face.jobs.made import MADE
from yifen.face.lists import showing
from yifen.face.lists.selecting import one


@allow("jobs.view")
def exports(request: HttpRequest) -> HttpResponse:
    """The exports."""
    return showing.show(request, MADE)


@allow("payments.export")
def daily_file(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """One daily file, as the partner gets it."""
    found = one(FILES, access_of(request), file_id)
    if found is None:
        raise Http404
    act(connection, "download", "daily_file", file_id,
        note=f"{found.partner_code} {found.business_day}")  # fmt: skip
    name = f"{found.partner_code}-{found.business_day:%Y%m%d}-v{found.version}.txt"
    return StreamingHttpResponse(
        files.parts(file_id), content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip
