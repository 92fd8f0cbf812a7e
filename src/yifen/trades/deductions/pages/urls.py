"""Addresses of deductions."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.deductions.pages import views
from yifen.trades.deductions.pages.listing import DEDUCTIONS

urlpatterns = [
    *list_urls(DEDUCTIONS),
    path("deductions/new/", views.deduction_new, name="deduction_new"),
    path("deductions/ports/", views.deduction_ports, name="deduction_ports"),
    path("deductions/<str:number>/outside/", views.deduction_outside, name="deduction_outside"),
    path("deductions/<str:number>/", views.deduction, name="deduction"),
]
