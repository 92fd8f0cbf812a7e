"""The address by which a payer answers."""

from django.urls import path

from yifen.trades.collection.pages import payer

urlpatterns = [path("collect/<slug:token>/", payer.collection_payer, name="collection_payer")]
