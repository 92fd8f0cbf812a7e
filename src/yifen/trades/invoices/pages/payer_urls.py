"""Addresses for who paid."""

from django.urls import path

from yifen.trades.invoices.pages import payer

urlpatterns = [path("invoice/<str:token>/", payer.invoice_own, name="invoice_own")]
