"""Addresses of the POS door's pages."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.face.pos import views
from yifen.face.pos.listing import BATCHES, EXCEPTIONS, FILES, SALES, TERMINALS

urlpatterns = [
    *list_urls(TERMINALS), *list_urls(SALES), *list_urls(BATCHES), *list_urls(EXCEPTIONS),
    *list_urls(FILES),
    path("pos/acquirers/", views.pos_acquirers, name="pos_acquirers"),
    path("pos/terminals/new/", views.pos_terminal_new, name="pos_terminal_new"),
    path("pos/terminals/one/<str:terminal_no>/", views.pos_terminal, name="pos_terminal"),
    path("pos/exceptions/<int:exception_id>/", views.pos_exception, name="pos_exception"),
]  # fmt: skip
