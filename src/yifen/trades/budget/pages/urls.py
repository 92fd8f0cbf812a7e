"""Addresses of budget indicators."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.budget.pages import views
from yifen.trades.budget.pages.listing import INDICATORS, LISTS, POSTS, RULES, UNITS

urlpatterns = [
    *(one for listing in (UNITS, POSTS, INDICATORS, RULES, LISTS) for one in list_urls(listing)),
    path("budget/", views.budget_board, name="budget_board"),
    path("budget/indicators/<int:indicator_id>/", views.budget_indicator, name="budget_indicator"),
    path("budget/lists/new/", views.budget_list_upload, name="budget_list_upload"),
    path("budget/lists/blank/<str:kind>/", views.budget_list_blank, name="budget_list_blank"),
    path("budget/lists/<int:list_id>/", views.budget_list, name="budget_list"),
    path("budget/rules/new/", views.budget_rule_new, name="budget_rule_new"),
    path("budget/year-end/", views.budget_year_end, name="budget_year_end"),
]
