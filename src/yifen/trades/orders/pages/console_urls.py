"""Addresses of pay methods on the console."""

from django.urls import path

from yifen.trades.orders.pages import method_views

urlpatterns = [
    path("pay-methods/", method_views.pay_methods, name="pay_methods"),
    path("pay-methods/<str:code>/", method_views.pay_method, name="pay_method"),
]
