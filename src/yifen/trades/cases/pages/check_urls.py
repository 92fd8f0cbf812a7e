"""Where everybody checks papers of court funds."""

from django.urls import path

from yifen.trades.cases.pages import document_views

urlpatterns = [path("court/check/<str:number>/", document_views.court_check, name="court_check")]
