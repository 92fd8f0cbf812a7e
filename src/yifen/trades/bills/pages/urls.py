"""Addresses of the bill import."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.bills.pages import views
from yifen.trades.bills.pages.listing import BILL_IMPORTS

urlpatterns = [
    *list_urls(BILL_IMPORTS),
    path("bill-imports/upload/", views.bill_upload, name="bill_upload"),
    path("bill-imports/<int:file_id>/", views.bill_import, name="bill_import"),
    path("bill-imports/<int:file_id>/propose/", views.bill_propose, name="bill_propose"),
    path("bill-imports/<int:file_id>/wrong/", views.bill_faults, name="bill_faults"),
    path("bill-imports/<int:file_id>/refused/", views.bill_refused, name="bill_refused"),
]
