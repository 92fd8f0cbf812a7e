"""Addresses of the pages of utilities' databases."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.connector.pages import views
from yifen.trades.connector.pages.listing import SOURCES

urlpatterns = [
    *list_urls(SOURCES),
    path("connector/new/", views.connector_new, name="connector_new"),
    path("connector/one/<str:code>/", views.connector, name="connector"),
    path("connector/one/<str:code>/edit/", views.connector_edit, name="connector_edit"),
    path("connector/one/<str:code>/mapping/", views.connector_mapping, name="connector_mapping"),
]
