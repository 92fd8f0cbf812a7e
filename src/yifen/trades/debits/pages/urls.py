"""Addresses of batch debit."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.debits.pages import views
from yifen.trades.debits.pages.listing import BATCHES, ITEMS, REFUSALS, RULES

urlpatterns = [
    *(one for listing in (BATCHES, ITEMS, REFUSALS, RULES) for one in list_urls(listing)),
    path("debits/upload/", views.debit_upload, name="debit_upload"),
    path("debits/build/", views.debit_build, name="debit_build"),
    path("debits/order/", views.debit_order, name="debit_order"),
    path("debits/rules/new/", views.debit_rule, name="debit_rule"),
    path("debits/<int:batch_id>/", views.debit_batch, name="debit_batch"),
    path("debits/<int:batch_id>/go/", views.debit_go, name="debit_go"),
    path("debits/<int:batch_id>/again/", views.debit_again, name="debit_again"),
    path("debits/<int:batch_id>/drop/", views.debit_drop, name="debit_drop"),
    path("debits/<int:batch_id>/result/", views.debit_result, name="debit_result"),
]
