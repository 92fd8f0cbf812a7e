"""Light, dark, or as the device is set: kept in a cookie, so pages come in the right colours."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from yifen.core.access.doors import Door, allow
from yifen.face.shell.context import THEMES

YEAR_S = 365 * 24 * 3600


@allow(Door.PUBLIC)
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """POST theme=auto|light|dark, next=where to go back to."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, None):
        target = "/"
    response = HttpResponseRedirect(target)
    if request.POST.get("theme") in THEMES:
        response.set_cookie("theme", request.POST["theme"], max_age=YEAR_S, samesite="Lax",
                            secure=settings.SESSION_COOKIE_SECURE)  # fmt: skip
    return response
