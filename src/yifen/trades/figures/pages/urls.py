"""Addresses of figures."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.figures.pages import cost_views, made_views, spending_views, views
from yifen.trades.figures.pages.lists import FIGURE_BILLS, FIGURE_PAYMENTS, FIGURE_SHIFTS
from yifen.trades.figures.pages.spending_lists import SPENDING_LISTS

urlpatterns = [
    path("figures/", views.figures, name="figures"),
    *list_urls(FIGURE_BILLS),
    *list_urls(FIGURE_PAYMENTS),
    *list_urls(FIGURE_SHIFTS),
    *(one for listing in SPENDING_LISTS for one in list_urls(listing)),
    path("figures/spending/", spending_views.figure_spending, name="figure_spending"),
    path("figures/reports/", views.figure_reports, name="figure_reports"),
    path("figures/reports/new/", views.figure_build, name="figure_build"),
    path("figures/reports/<int:report_id>/", views.figure_report, name="figure_report"),
    path("figures/reports/<int:report_id>/file/", views.figure_file, name="figure_file"),
    path("figures/reports/<int:report_id>/drop/", views.figure_drop, name="figure_drop"),
    path(
        "figures/reports/<int:report_id>/schedule/", views.figure_schedule, name="figure_schedule"
    ),
    path(
        "figures/reports/<int:report_id>/schedule/<int:schedule_id>/",
        views.figure_unschedule,
        name="figure_unschedule",
    ),
    path("figures/made/", made_views.figure_made, name="figure_made"),
    path("figures/made/<int:made_id>/", made_views.figure_made_file, name="figure_made_file"),
    path("figures/schedules/", made_views.figure_overseen, name="figure_overseen"),
    path("figures/schedules/<int:schedule_id>/end/", made_views.figure_end, name="figure_end"),
    path("figures/cost/", cost_views.figure_cost, name="figure_cost"),
]
