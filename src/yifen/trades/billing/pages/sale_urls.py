"""Addresses of sales, prepaid balances and vending systems."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.billing.pages import sale_views as views
from yifen.trades.billing.pages.sale_lists import SALES, UNSOLD

urlpatterns = [
    *list_urls(SALES),
    *list_urls(UNSOLD),
    path("billing/sales/<int:sale_id>/", views.billing_sale, name="billing_sale"),
    path("billing/sales/<int:sale_id>/unsell/", views.billing_unsell, name="billing_unsell"),
    path("billing/customers/<int:customer_id>/prepaid/", views.billing_prepaid, name="billing_prepaid"),
    path("billing/vending/", views.billing_vendings, name="billing_vendings"),
    path("billing/vending/<int:biller_id>/", views.billing_vending, name="billing_vending"),
]
