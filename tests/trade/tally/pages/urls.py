"""Addresses of the tiny trade."""

from django.urls import path

from tests.trade.tally.pages import views

urlpatterns = [path("tally/", views.boxes, name="tally")]
