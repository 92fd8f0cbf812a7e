"""Addresses of late fees."""

from django.urls import path

from yifen.trades.billing.pages import late_views as views

urlpatterns = [
    path("billing/bills/<int:bill_id>/late/", views.billing_late, name="billing_late"),
    path("billing/bills/<int:bill_id>/late/waive/", views.billing_waive, name="billing_waive"),
    path("billing/bills/<int:bill_id>/late/freeze/", views.billing_freeze, name="billing_freeze"),
    path("billing/late-rules/", views.billing_late_rules, name="billing_late_rules"),
    path("billing/late-rules/new/", views.billing_late_rule, name="billing_late_rule"),
]
