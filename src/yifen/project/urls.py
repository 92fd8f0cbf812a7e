"""Every address of the pages. Each view says who may call it (`@allow`); a test walks them all."""

from django.urls import include, path
from django.views.i18n import set_language

from yifen.core.access.doors import Door, allow
from yifen.face.shell import theme

urlpatterns = [
    path("", include("yifen.core.access.urls")),
    path("language/", allow(Door.PUBLIC)(set_language), name="set_language"),
    path("theme/", theme.choose, name="set_theme"),
    path("console/", include("yifen.face.urls")),
    path("console/", include("yifen.trades.onboarding.pages.urls")),
    path("console/", include("yifen.face.people.urls")),
    path("console/", include("yifen.trades.reconciliation.pages.urls")),
    path("console/", include("yifen.night.pages.urls")),
    path("console/", include("yifen.trades.settlement.pages.urls")),
    path("desk/", include("yifen.trades.counter.pages.urls")),
    path("", include("yifen.trades.orders.pages.urls")),
]
handler400 = "yifen.face.shell.errors.bad_request"
handler403 = "yifen.face.shell.errors.forbidden"
handler404 = "yifen.face.shell.errors.not_found"
handler500 = "yifen.face.shell.errors.failed"
