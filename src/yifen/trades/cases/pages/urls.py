"""Addresses of court funds."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.cases.pages import (
    back_views,
    clock_views,
    document_views,
    filed_reports,
    leader_views,
    line_views,
    money_views,
    payout_views,
    plan_views,
    rule_views,
    views,
)
from yifen.trades.cases.pages.clock_lists import CLEARING, CLOCKS, JUDGES, LEDGER, TELLINGS
from yifen.trades.cases.pages.document_lists import printed_urls
from yifen.trades.cases.pages.filed_reports import REPORTS
from yifen.trades.cases.pages.listing import CASES, COURTS, PUSHES, STATEMENTS, UNKNOWNS
from yifen.trades.cases.pages.open_lines import OPEN_LINES
from yifen.trades.cases.pages.payout_listing import PAYOUTS

urlpatterns = [
    *(one for listing in (CASES, UNKNOWNS, STATEMENTS, PUSHES, OPEN_LINES, COURTS, PAYOUTS, REPORTS)
      for one in list_urls(listing)),
    # Clocks.
    *(one for listing in (CLOCKS, TELLINGS) for one in list_urls(listing)),
    *(one for listing in (JUDGES, CLEARING, LEDGER) for one in printed_urls(listing)),
    path("court/reports/<int:report_id>/", filed_reports.court_report, name="court_report"),
    path("court/leader/", leader_views.court_leader, name="court_leader"),
    path("court/cases/<int:case_id>/pause/", clock_views.court_pause_new, name="court_pause_new"),
    path("court/pauses/<int:pause_id>/end/", clock_views.court_pause_end, name="court_pause_end"),
    path("court/entries/<int:number>/told/", clock_views.court_told, name="court_told"),
    path("court/entries/<int:number>/letter/<int:party_id>/", document_views.court_letter, name="court_letter"),
    path("court/entries/<int:number>/receipt/", document_views.court_receipt, name="court_receipt"),
    path("court/cases/<int:case_id>/notice/", document_views.court_notice, name="court_notice"),
    path("court/cases/<int:case_id>/statement/", document_views.court_statement, name="court_statement"),
    path("court/courts/numbers/", views.court_numbers, name="court_numbers"),
    path("court/courts/rule/", rule_views.court_rule_new, name="court_rule_new"),
    path("court/rules/", rule_views.court_rule, name="court_rule"),
    path("court/cases/new/", views.court_case_new, name="court_case_new"),
    path("court/cases/<int:case_id>/", views.court_case, name="court_case"),
    path("court/cases/<int:case_id>/state/", views.court_case_state, name="court_case_state"),
    path("court/cases/<int:case_id>/link/", views.court_case_link, name="court_case_link"),
    path("court/cases/<int:case_id>/correct/", views.court_correct, name="court_correct"),
    path("court/cases/<int:case_id>/merge/", views.court_merge, name="court_merge"),
    path("court/payees/<int:party_id>/", views.court_payee, name="court_payee"),
    path("court/lists/new/", views.court_list_upload, name="court_list_upload"),
    path("court/lists/<int:list_id>/", views.court_list, name="court_list"),
    path("court/statements/new/", money_views.court_upload, name="court_upload"),
    path("court/statements/old/", money_views.court_old, name="court_old"),
    path("court/statements/<int:file_id>/", money_views.court_file, name="court_file"),
    path("court/statements/<int:file_id>/propose/", money_views.court_file_propose, name="court_file_propose"),
    path("court/unknown/<int:number>/", money_views.court_unknown, name="court_unknown"),
    path("court/unknown/<int:number>/back/", back_views.court_send_back, name="court_send_back"),
    path("court/entries/<int:number>/unclaim/", money_views.court_unclaim, name="court_unclaim"),
    path("court/lines/<int:line_id>/", line_views.court_line, name="court_line"),
    path("court/pushes/<int:number>/", money_views.court_recall, name="court_recall"),
    # --- payouts ---
    path("court/cases/<int:case_id>/apply/", payout_views.court_payout_new, name="court_payout_new"),
    path("court/cases/<int:case_id>/hold/", payout_views.court_hold_new, name="court_hold_new"),
    path("court/cases/<int:case_id>/people/", payout_views.court_case_people, name="court_case_people"),
    path("court/cases/<int:case_id>/plan/", plan_views.court_plan, name="court_plan"),
    path("court/cases/<int:case_id>/plan/new/", plan_views.court_plan_new, name="court_plan_new"),
    path("court/holds/<int:hold_id>/", payout_views.court_release, name="court_release"),
    path("court/payouts/<int:application_id>/", payout_views.court_payout, name="court_payout"),
    path("court/payouts/<int:application_id>/sheet/", document_views.court_payout_sheet, name="court_payout_sheet"),
    path("court/payouts/<int:application_id>/act/", payout_views.court_payout_act, name="court_payout_act"),
    path("court/courts/payees/", payout_views.court_own_payee, name="court_own_payee"),
]
