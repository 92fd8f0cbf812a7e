"""Addresses of the payer's pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
