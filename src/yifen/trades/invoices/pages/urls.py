"""Addresses of papers in the console."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.invoices.pages import electronic_views, stock_views, views
from yifen.trades.invoices.pages.electronic_listing import ELECTRONICS
from yifen.trades.invoices.pages.listing import LISTS

urlpatterns = [
    *(url for listing in (*LISTS, ELECTRONICS) for url in list_urls(listing)),
    path("invoices/stock/", stock_views.invoice_stock, name="invoice_stock"),
    path("invoices/kinds/new/", views.invoice_kind_new, name="invoice_kind_new"),
    path("invoices/receive/", views.invoice_receive, name="invoice_receive"),
    path("invoices/destroy/", views.invoice_destroy, name="invoice_destroy"),
    path("invoices/give/", views.invoice_give, name="invoice_give"),
    path("invoices/mark/", views.invoice_mark, name="invoice_mark"),
    path("invoices/count/", views.invoice_count, name="invoice_count"),
    path("invoices/compare/", views.invoice_compare, name="invoice_compare"),
    path("invoices/transfers/<int:number>/", views.invoice_transfer, name="invoice_transfer"),
    path("invoices/electronic/issuers/", electronic_views.invoice_issuers, name="invoice_issuers"),
    path("invoices/electronic/day/", electronic_views.invoice_day, name="invoice_day"),
    path("invoices/electronic/<str:order_no>/", electronic_views.invoice_electronic, name="invoice_electronic"),
]
