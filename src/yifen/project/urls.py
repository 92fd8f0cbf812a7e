"""Every address of the pages. Each view says who may call it (`@allow`); a test walks them all."""

from django.urls import include, path
from django.views.i18n import set_language

from yifen.access.doors import Door, allow
from yifen.project import theme

urlpatterns = [
    path("", include("yifen.access.urls")),
    path("language/", allow(Door.PUBLIC)(set_language), name="set_language"),
    path("theme/", theme.choose, name="set_theme"),
    path("console/", include("yifen.console.urls")),
    path("console/", include("yifen.console.partners.urls")),
    path("console/", include("yifen.console.people.urls")),
    path("console/", include("yifen.console.reconciliation.urls")),
    path("console/", include("yifen.console.dayend.urls")),
    path("console/", include("yifen.console.settlement.urls")),
    path("desk/", include("yifen.desk.urls")),
    path("", include("yifen.payer.urls")),
]
handler400 = "yifen.project.errors.bad_request"
handler403 = "yifen.project.errors.forbidden"
handler404 = "yifen.project.errors.not_found"
handler500 = "yifen.project.errors.failed"
