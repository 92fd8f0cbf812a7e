"""Addresses of mandates on the console."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.mandates.pages import views
from yifen.trades.mandates.pages.listing import MANDATES, SINGLES

urlpatterns = [
    *list_urls(MANDATES),
    *list_urls(SINGLES),
    path("mandates/rule/", views.mandate_rule, name="mandate_rule"),
    path("mandates/<slug:number>/", views.mandate, name="mandate"),
    path("mandates/<slug:number>/voucher/", views.mandate_voucher, name="mandate_voucher"),
    path("mandates/<slug:number>/papers/", views.mandate_paper_add, name="mandate_paper_add"),
    path("mandates/<slug:number>/papers/<int:paper_id>/", views.mandate_paper, name="mandate_paper"),
]
