"""The addresses at which banks tell of receipts, and courts ask for cases."""

from django.urls import path

from yifen.trades.cases.pages import push

urlpatterns = [
    path("court/push/", push.court_push, name="court_push"),
    path("court/cases/", push.court_ask, name="court_ask"),
]
