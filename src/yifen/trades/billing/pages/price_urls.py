"""Addresses of fees and prices."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.billing.pages import fee_views
from yifen.trades.billing.pages import price_views as views
from yifen.trades.billing.pages.price_lists import BILLING_FEES, BILLING_PRICES

urlpatterns = [
    *list_urls(BILLING_PRICES),
    *list_urls(BILLING_FEES),
    path("billing/prices/new/", views.billing_price_new, name="billing_price_new"),
    path("billing/prices/<int:price_id>/", views.billing_price, name="billing_price"),
    path("billing/fees/new/", fee_views.billing_fee_new, name="billing_fee_new"),
    path("billing/fees/<int:fee_id>/", fee_views.billing_fee, name="billing_fee"),
]
