"""Addresses of the pages of the TCP dialect's lines."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.face.tcp import views
from yifen.face.tcp.listing import LINES, NOTICES

urlpatterns = [
    *list_urls(LINES), *list_urls(NOTICES),
    path("tcp/lines/new/", views.tcp_line_new, name="tcp_line_new"),
    path("tcp/lines/one/<int:partner_id>/", views.tcp_line, name="tcp_line"),
]  # fmt: skip
