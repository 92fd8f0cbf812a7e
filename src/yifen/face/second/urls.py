"""Addresses of proposals."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.face.second import views
from yifen.face.second.listing import PROPOSALS

urlpatterns = [
    *list_urls(PROPOSALS),
    path("proposals/<int:number>/", views.proposal, name="proposal"),
    path("proposals/<int:number>/decide/", views.decide, name="proposal_decide"),
]
