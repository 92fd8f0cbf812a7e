"""Addresses of the agency."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.agency.pages import views, vouchers
from yifen.trades.agency.pages.listing import (
    ADMISSIONS,
    CHARGES,
    CHEQUE_LIST,
    DEPOSITS,
    SLIPS,
    STATEMENT,
)

urlpatterns = [
    *(one for listing in (ADMISSIONS, DEPOSITS, SLIPS, CHEQUE_LIST, CHARGES, STATEMENT) for one in list_urls(listing)),
    path("agency/duties/", views.agency_duties, name="agency_duties"),
    path("agency/admissions/new/", views.agency_admission_new, name="agency_admission_new"),
    path("agency/admissions/<int:admission_id>/", views.agency_admission, name="agency_admission"),
    path("agency/accounts/", views.agency_accounts, name="agency_accounts"),
    path("agency/slips/", views.agency_slips, name="agency_slips"),
    path("agency/vouchers/<slug:serial>/", vouchers.agency_voucher, name="agency_voucher"),
    path("agency/exchange/", views.agency_exchange, name="agency_exchange"),
    path("agency/cheques/<int:cheque_id>/", views.agency_cheque, name="agency_cheque"),
]
