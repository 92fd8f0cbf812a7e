"""Addresses of the core port's pages."""

from django.urls import path

from yifen.face.corebank import views
from yifen.face.corebank.listing import MOVES
from yifen.face.lists.urls import list_urls

urlpatterns = [
    *list_urls(MOVES),
    path("core/banks/", views.core_banks, name="core_banks"),
    path("core/moves/<str:serial>/", views.core_move, name="core_move"),
]
