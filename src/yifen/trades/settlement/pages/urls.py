"""Addresses of settlement."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.settlement.pages import (
    agreement_views,
    calendar_views,
    merchant_views,
    payee_views,
    payout_file_views,
    payout_views,
    trends,
    views,
)
from yifen.trades.settlement.pages.agreed_lists import AGREEMENTS, BANKS, MERCHANTS, PAYEES
from yifen.trades.settlement.pages.payout_files_list import PAYOUT_FILES
from yifen.trades.settlement.pages.payouts_list import PAYOUTS
from yifen.trades.settlement.pages.settled_list import SETTLEMENTS

urlpatterns = [
    *list_urls(SETTLEMENTS, trends.settlements),
    path("settlements/<int:number>/", views.settlement, name="settlement"),
    *list_urls(PAYOUTS, trends.payouts),
    path("payouts/<int:number>/", views.payout, name="payout"),
    path("payouts/<int:number>/ask/", views.payout_ask, name="payout_ask"),
    path("payouts/<int:number>/mark/", payout_views.payout_mark, name="payout_mark"),
    path("payouts/<int:number>/again/", payout_views.payout_again, name="payout_again"),
    *list_urls(PAYOUT_FILES),
    path("payouts/files/new/", payout_file_views.payout_file_new, name="payout_file_new"),
    path("payouts/files/<int:file_no>/", payout_file_views.payout_file, name="payout_file"),
    path("payouts/files/<int:file_no>/body/", payout_file_views.payout_file_body, name="payout_file_body"),
    path("payouts/results/new/", payout_file_views.payout_result_new, name="payout_result_new"),
    path("payouts/results/<int:number>/", payout_file_views.payout_result, name="payout_result"),
    path("payouts/results/<int:number>/propose/", payout_file_views.payout_result_propose,
         name="payout_result_propose"),
    *list_urls(AGREEMENTS),
    path("agreements/quote/", agreement_views.agreement_quote, name="agreement_quote"),
    path("agreements/<int:agreement_id>/", agreement_views.agreement, name="agreement"),
    path("agreements/new/<str:code>/", agreement_views.agreement_new, name="agreement_new"),
    *list_urls(MERCHANTS, merchant_views.merchants),
    path("agreements/merchants/place/", merchant_views.merchant_place, name="merchant_place"),
    path("agreements/merchants/<str:code>/", merchant_views.merchant, name="merchant"),
    *list_urls(PAYEES),
    path("agreements/payees/<str:code>/", payee_views.payee, name="payee"),
    *list_urls(BANKS),
    path("agreements/banks/new/", payee_views.bank_new, name="bank_new"),
    path("agreements/banks/<str:code>/", payee_views.bank, name="bank"),
    path("agreements/banks/<str:code>/key/", payee_views.bank_key, name="bank_key"),
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("calendar/day/", calendar_views.calendar_day, name="calendar_day"),
]  # fmt: skip
