"""Addresses of runs and bills."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.billing.pages import correct_views
from yifen.trades.billing.pages import run_views as views
from yifen.trades.billing.pages.arrears.lists import ARREARS
from yifen.trades.billing.pages.run_lists import BILL_RUNS, BILLS

urlpatterns = [
    *list_urls(BILL_RUNS),
    *list_urls(BILLS),
    *list_urls(ARREARS),
    path("billing/runs/begin/", views.billing_begin, name="billing_begin"),
    path("billing/runs/<int:run_id>/", views.billing_run, name="billing_run"),
    path("billing/runs/<int:run_id>/propose/", views.billing_propose, name="billing_propose"),
    path("billing/runs/<int:run_id>/drop/", views.billing_drop, name="billing_drop"),
    path("billing/bills/<int:bill_id>/", views.billing_bill, name="billing_bill"),
    path("billing/services/<int:service_id>/cold/", correct_views.billing_cold, name="billing_cold"),
    path("billing/bills/<int:bill_id>/cancel/", views.billing_cancel, name="billing_cancel"),
    path("billing/bills/<int:bill_id>/correct/", correct_views.billing_correct, name="billing_correct"),
]
