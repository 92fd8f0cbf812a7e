"""Below /docs/ stands the built site; everybody may read it."""

from django.urls import path

from yifen.face.docs.views import docs, docs_file

urlpatterns = [
    path("docs/", docs, name="docs"),
    path("docs/<path:file>", docs_file, name="docs_file"),
]
