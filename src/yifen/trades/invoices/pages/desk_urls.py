"""Addresses of papers at the desk."""

from django.urls import path

from yifen.trades.invoices.pages import paper_views

urlpatterns = [path("invoice/<int:print_id>/", paper_views.invoice_paper, name="invoice_paper")]
