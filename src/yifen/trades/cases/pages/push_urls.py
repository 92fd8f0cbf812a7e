"""The address at which banks tell of receipts."""

from django.urls import path

from yifen.trades.cases.pages import push

urlpatterns = [path("court/push/", push.court_push, name="court_push")]
