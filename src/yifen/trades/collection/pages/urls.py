"""Addresses of collection orders."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.collection.pages import contract_views, views
from yifen.trades.collection.pages.listing import CONTRACTS, ORDERS

urlpatterns = [
    *(one for listing in (ORDERS, CONTRACTS) for one in list_urls(listing)),
    path("collection/new/", views.collection_new, name="collection_new"),
    path("collection/kinds/", contract_views.collection_kinds, name="collection_kinds"),
    path("collection/contracts/new/", contract_views.collection_contract_new, name="collection_contract_new"),
    path("collection/contracts/<int:contract_id>/", contract_views.collection_contract, name="collection_contract"),
    path(
        "collection/contracts/<int:contract_id>/end/",
        contract_views.collection_contract_end,
        name="collection_contract_end",
    ),
    path(
        "collection/contracts/<int:contract_id>/paper/",
        contract_views.collection_contract_paper,
        name="collection_contract_paper",
    ),
    path("collection/<int:order_id>/", views.collection_order, name="collection_order"),
    path("collection/<int:order_id>/pdf/", views.collection_pdf, name="collection_pdf"),
    path("collection/<int:order_id>/told/", views.collection_told, name="collection_told"),
    path("collection/<int:order_id>/answer/", views.collection_answer, name="collection_answer"),
    path("collection/<int:order_id>/withdraw/", views.collection_withdraw, name="collection_withdraw"),
    path("collection/<int:order_id>/papers/<slug:sha256>/", views.collection_paper, name="collection_paper"),
]
