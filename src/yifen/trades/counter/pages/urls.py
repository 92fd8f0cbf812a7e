"""Addresses of the teller desk."""

from django.urls import path

from yifen.trades.counter.pages import journal, paper_views, views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("go/", views.desk_go, name="desk_go"),
    path("journal/", journal.journal, name="journal"),
    path("entry/<int:entry_id>/", views.desk_entry, name="desk_entry"),
    path("entry/<int:entry_id>/receipt/", paper_views.desk_receipt, name="desk_receipt"),
    path("entry/<int:entry_id>/voucher/", paper_views.desk_voucher, name="desk_voucher"),
    path("shift/<int:shift_id>/", paper_views.desk_shift, name="desk_shift"),
    path("shift/<int:shift_id>/report/", paper_views.desk_shift_report, name="desk_shift_report"),
    path("<slug:code>/", views.desk_transaction, name="desk_transaction"),
]
