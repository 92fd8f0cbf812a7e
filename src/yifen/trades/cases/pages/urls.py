"""Addresses of court funds."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.cases.pages import money_views, views
from yifen.trades.cases.pages.listing import CASES, COURTS, STATEMENTS, UNKNOWNS

urlpatterns = [
    *(one for listing in (CASES, UNKNOWNS, STATEMENTS, COURTS) for one in list_urls(listing)),
    path("court/courts/numbers/", views.court_numbers, name="court_numbers"),
    path("court/courts/rule/", views.court_rule_new, name="court_rule_new"),
    path("court/cases/new/", views.court_case_new, name="court_case_new"),
    path("court/cases/<int:case_id>/", views.court_case, name="court_case"),
    path("court/cases/<int:case_id>/state/", views.court_case_state, name="court_case_state"),
    path("court/cases/<int:case_id>/merge/", views.court_merge, name="court_merge"),
    path("court/payees/<int:party_id>/", views.court_payee, name="court_payee"),
    path("court/lists/new/", views.court_list_upload, name="court_list_upload"),
    path("court/lists/<int:list_id>/", views.court_list, name="court_list"),
    path("court/statements/new/", money_views.court_upload, name="court_upload"),
    path("court/statements/old/", money_views.court_old, name="court_old"),
    path("court/statements/<int:file_id>/", money_views.court_file, name="court_file"),
    path("court/statements/<int:file_id>/propose/", money_views.court_file_propose, name="court_file_propose"),
    path("court/unknown/<int:number>/", money_views.court_unknown, name="court_unknown"),
    path("court/entries/<int:number>/unclaim/", money_views.court_unclaim, name="court_unclaim"),
]
