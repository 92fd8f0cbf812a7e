"""Addresses of the treasury."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.treasury.pages import ending, views
from yifen.trades.treasury.pages.listing import (
    CLEARINGS,
    DIFFERENCES_LIST,
    LATE_LINES,
    QUOTAS,
    REFUSED_PAPERS,
    RETURNS,
    VOUCHERS,
)

urlpatterns = [
    *(one for listing in (VOUCHERS, RETURNS, LATE_LINES, QUOTAS, CLEARINGS, DIFFERENCES_LIST, REFUSED_PAPERS)
      for one in list_urls(listing)),
    path("treasury/due/", views.treasury_due, name="treasury_due"),
    path("treasury/rules/new/", views.treasury_rule_new, name="treasury_rule_new"),
    path("treasury/vouchers/<int:voucher_id>/", views.treasury_voucher, name="treasury_voucher"),
    path("treasury/vouchers/<int:voucher_id>/act/", views.treasury_voucher_act, name="treasury_voucher_act"),
    path("treasury/vouchers/<int:voucher_id>/print/<str:form>/", views.treasury_voucher_print,
         name="treasury_voucher_print"),
    path("treasury/vouchers/<int:voucher_id>/lines/<int:line_no>/return/", views.treasury_return_new,
         name="treasury_return_new"),
    path("treasury/vouchers/<int:voucher_id>/ask/", views.treasury_voucher_ask, name="treasury_voucher_ask"),
    path("treasury/quotas/<int:row_id>/", ending.treasury_quota, name="treasury_quota"),
    path("treasury/clearing/<int:clearing_id>/", ending.treasury_claim, name="treasury_claim"),
    path("treasury/returns/<int:return_id>/", views.treasury_return, name="treasury_return"),
]  # fmt: skip
