"""Addresses of arrears."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.arrears.pages import batch_views, rule_views, views
from yifen.trades.arrears.pages.ages import AGES, view_of
from yifen.trades.arrears.pages.lists import CALLS, CUTS, DEBTS, HOLDS, LETTERS, WRITTEN

_DEBT = "arrears/accounts/<int:customer_id>/<int:fee_id>/"
urlpatterns = [
    *(pattern for one in AGES for pattern in list_urls(one, view_of(one))),
    *(pattern for one in (DEBTS, CALLS) for pattern in list_urls(one, view_of(one))),
    *(pattern for one in (LETTERS, CUTS, HOLDS, WRITTEN) for pattern in list_urls(one)),
    path("arrears/accounts/<int:customer_id>/", views.arrears_account, name="arrears_account"),
    path(f"{_DEBT}call/", views.arrears_call, name="arrears_call"),
    path(f"{_DEBT}promise/", views.arrears_promise, name="arrears_promise"),
    path(f"{_DEBT}plan/", views.arrears_plan, name="arrears_plan"),
    path(f"{_DEBT}dispute/", views.arrears_dispute, name="arrears_dispute"),
    path("arrears/holds/<int:hold_id>/", views.arrears_settle, name="arrears_settle"),
    path("arrears/letters/print/", batch_views.arrears_print_letters, name="arrears_print_letters"),
    path(
        "arrears/letters/notices/", batch_views.arrears_print_notices, name="arrears_print_notices"
    ),
    path("arrears/letters/batch/<int:batch>/", batch_views.arrears_batch, name="arrears_batch"),
    path("arrears/letters/<int:letter_no>/", batch_views.arrears_letter, name="arrears_letter"),
    path(
        "arrears/letters/<int:letter_no>/reprint/",
        batch_views.arrears_reprint,
        name="arrears_reprint",
    ),
    path("arrears/cuts/new/", batch_views.arrears_cut_new, name="arrears_cut_new"),
    path("arrears/cuts/<int:cut_id>/again/", views.arrears_cut_again, name="arrears_cut_again"),
    path("arrears/written/new/", batch_views.arrears_write_off, name="arrears_write_off"),
    path(
        "arrears/written/<int:bill_id>/again/", batch_views.arrears_take_up, name="arrears_take_up"
    ),
    path("arrears/rules/", rule_views.arrears_rules, name="arrears_rules"),
    path("arrears/rules/new/", rule_views.arrears_rule, name="arrears_rule"),
    path("arrears/rules/office/<int:biller_id>/", rule_views.arrears_office, name="arrears_office"),
    path("arrears/collectors/", rule_views.arrears_collectors, name="arrears_collectors"),
]
