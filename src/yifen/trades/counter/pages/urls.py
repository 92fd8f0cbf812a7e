"""Addresses of the teller desk."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.counter.pages import paper_views, views
from yifen.trades.counter.pages.journal import JOURNAL
from yifen.trades.counter.pages.shifts_list import SHIFTS

urlpatterns = [
    path("", views.desk, name="desk"),
    path("go/", views.desk_go, name="desk_go"),
    *list_urls(JOURNAL),
    *list_urls(SHIFTS),
    path("entry/<int:entry_id>/", views.desk_entry, name="desk_entry"),
    path("entry/<int:entry_id>/receipt/", paper_views.desk_receipt, name="desk_receipt"),
    path("entry/<int:entry_id>/voucher/", paper_views.desk_voucher, name="desk_voucher"),
    path("shift/<int:shift_id>/", paper_views.desk_shift, name="desk_shift"),
    path("shift/<int:shift_id>/report/", paper_views.desk_shift_report, name="desk_shift_report"),
    path("<slug:code>/", views.desk_transaction, name="desk_transaction"),
]
