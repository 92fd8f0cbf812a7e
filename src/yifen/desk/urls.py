"""Addresses of the teller desk."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
