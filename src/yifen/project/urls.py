"""Every address of the pages: those that the plugs bring. Each view says who may call it (`@allow`); a
test walks them all."""

from django.urls import include, path

from yifen.core.plugs import plugs
from yifen.face.lists.registry import lists_by_name

lists_by_name()  # two lists of one name are refused before anything is served

urlpatterns = [path(urls.prefix, include(urls.module)) for plug in plugs() for urls in plug.urls]
handler400 = "yifen.face.shell.errors.bad_request"
handler403 = "yifen.face.shell.errors.forbidden"
handler404 = "yifen.face.shell.errors.not_found"
handler500 = "yifen.face.shell.errors.failed"
