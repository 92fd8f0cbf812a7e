"""Addresses of the operators' console."""

from django.urls import path

from yifen.face.exports import standing
from yifen.face.exports import views as exports
from yifen.face.jobs import views as jobs
from yifen.face.jobs.calls import CALLS
from yifen.face.jobs.failed import FAILED
from yifen.face.jobs.files import FILES
from yifen.face.jobs.made import MADE
from yifen.face.ledger import chain_views as chain
from yifen.face.ledger import views as ledger
from yifen.face.ledger.accounts import ACCOUNTS
from yifen.face.ledger.day_ends import DAY_ENDS
from yifen.face.ledger.statement import STATEMENT
from yifen.face.lists import saved
from yifen.face.lists.urls import list_urls
from yifen.face.overview import views as overview
from yifen.face.overview.statistics import STATISTICS
from yifen.face.payables import views as payables
from yifen.face.payables.payers_list import PAYERS
from yifen.face.payments import views as payments
from yifen.face.payments.listing import PAYMENTS
from yifen.face.payments.returns import RETURNS
from yifen.face.platform import views as platform
from yifen.face.search import views as search
from yifen.face.system import views as system
from yifen.face.today import views as today
from yifen.face.trail import views as trail
from yifen.face.trail.listing import AUDIT

urlpatterns = [
    path("", overview.dashboard, name="dashboard"),
    path("search/", search.search, name="search"),
    path("system/", system.system, name="system"),
    path("today/", today.today, name="today"),
    path("today/badges/", today.today_badges, name="today_badges"),
    *list_urls(STATISTICS, standing.statistics),
    path("statistics/standing/", standing.standing_save, name="standing_save"),
    path("statistics/standing/<int:standing_id>/remove/", standing.standing_remove, name="standing_remove"),
    *list_urls(PAYMENTS),
    *list_urls(RETURNS),
    path("payments/<int:payment_id>/", payments.payment, name="payment"),
    path("payments/<int:payment_id>/receipt/", payments.payment_receipt, name="payment_receipt"),
    *list_urls(ACCOUNTS),
    *list_urls(STATEMENT, ledger.account),
    path("accounts/<int:account_id>/pdf/", ledger.account_pdf, name="account_pdf"),
    *list_urls(DAY_ENDS, ledger.account_days),
    path("chain/", chain.chain, name="chain"),
    path("chain/check/", chain.chain_check, name="chain_check"),
    *list_urls(PAYERS),
    path("payables/<int:payable_id>/", payables.payable, name="payable"),
    path("payables/<int:payable_id>/payer/", payables.payer, name="payer"),
    *list_urls(CALLS),
    *list_urls(FILES),
    path("jobs/files/<int:file_id>/", jobs.daily_file, name="daily_file"),
    *list_urls(MADE, jobs.exports),
    *list_urls(FAILED),
    path("settings/", platform.settings, name="settings"),
    *list_urls(AUDIT),
    path("audit/<int:entry_no>/", trail.audit_entry, name="audit_entry"),
    path("audit/history/", trail.history, name="audit_history"),
    path("exports/<int:export_id>/", exports.export, name="export"),
    path("exports/<int:export_id>/file/", exports.export_file, name="export_file"),
    path("views/save/", saved.view_save, name="view_save"),
    path("views/<int:view_id>/remove/", saved.view_remove, name="view_remove"),
]
