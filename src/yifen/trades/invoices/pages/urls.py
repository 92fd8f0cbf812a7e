"""Addresses of papers in the console."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.invoices.pages import stock_views, views
from yifen.trades.invoices.pages.listing import LISTS

urlpatterns = [
    *(url for listing in LISTS for url in list_urls(listing)),
    path("invoices/stock/", stock_views.invoice_stock, name="invoice_stock"),
    path("invoices/kinds/new/", views.invoice_kind_new, name="invoice_kind_new"),
    path("invoices/receive/", views.invoice_receive, name="invoice_receive"),
    path("invoices/destroy/", views.invoice_destroy, name="invoice_destroy"),
    path("invoices/give/", views.invoice_give, name="invoice_give"),
    path("invoices/mark/", views.invoice_mark, name="invoice_mark"),
    path("invoices/count/", views.invoice_count, name="invoice_count"),
    path("invoices/compare/", views.invoice_compare, name="invoice_compare"),
    path("invoices/transfers/<int:number>/", views.invoice_transfer, name="invoice_transfer"),
]
