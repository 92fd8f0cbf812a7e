"""Addresses of the operators' console."""

from django.urls import path

from yifen.console.exports import views as exports
from yifen.console.overview import views as overview
from yifen.console.payments import views as payments
from yifen.console.payments.listing import PAYMENTS

urlpatterns = [
    path("", overview.dashboard, name="dashboard"),
    path("payments/", payments.payments, name="payments"),
    path("payments/export/", exports.exporting(exports.always(PAYMENTS), PAYMENTS),
         name="payments_export"),
    path("payments/<int:payment_id>/", payments.payment, name="payment"),
    path("exports/<int:export_id>/", exports.export, name="export"),
    path("exports/<int:export_id>/file/", exports.export_file, name="export_file"),
]  # fmt: skip
