"""The address at which issuing banks speak."""

from django.urls import path

from yifen.trades.cards.pages import push

urlpatterns = [path("cards/push/", push.card_push, name="card_push")]
