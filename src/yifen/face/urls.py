"""Addresses of the operators' console."""

from django.urls import path

from yifen.face.exports import views as exports
from yifen.face.jobs import views as jobs
from yifen.face.jobs.calls import CALLS
from yifen.face.jobs.files import FILES
from yifen.face.ledger import chain_views as chain
from yifen.face.ledger import views as ledger
from yifen.face.ledger.accounts import ACCOUNTS
from yifen.face.ledger.day_ends import DAY_ENDS
from yifen.face.ledger.statement import STATEMENT
from yifen.face.overview import views as overview
from yifen.face.overview.statistics import STATISTICS
from yifen.face.payables import views as payables
from yifen.face.payments import views as payments
from yifen.face.payments.listing import PAYMENTS
from yifen.face.platform import views as platform
from yifen.face.trail import views as trail
from yifen.face.trail.listing import AUDIT

urlpatterns = [
    path("", overview.dashboard, name="dashboard"),
    path("statistics/export/", exports.exporting(exports.always(STATISTICS), STATISTICS),
         name="statistics_export"),
    path("payments/", payments.payments, name="payments"),
    path("payments/export/", exports.exporting(exports.always(PAYMENTS), PAYMENTS),
         name="payments_export"),
    path("payments/<int:payment_id>/", payments.payment, name="payment"),
    path("payments/<int:payment_id>/receipt/", payments.payment_receipt, name="payment_receipt"),
    path("accounts/", ledger.accounts, name="accounts"),
    path("accounts/export/", exports.exporting(exports.always(ACCOUNTS), ACCOUNTS),
         name="accounts_export"),
    path("accounts/<int:account_id>/", ledger.account, name="account"),
    path("accounts/<int:account_id>/pdf/", ledger.account_pdf, name="account_pdf"),
    path("accounts/<int:account_id>/days/", ledger.account_days, name="account_days"),
    path("accounts/<int:account_id>/export/", exports.exporting(ledger.statement_of, STATEMENT),
         name="account_export"),
    path("accounts/<int:account_id>/days/export/", exports.exporting(ledger.days_of, DAY_ENDS),
         name="account_days_export"),
    path("chain/", chain.chain, name="chain"),
    path("chain/check/", chain.chain_check, name="chain_check"),
    path("payables/", payables.payables, name="payables"),
    path("payables/<int:payable_id>/", payables.payable, name="payable"),
    path("payables/<int:payable_id>/payer/", payables.payer, name="payer"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/export/", exports.exporting(exports.always(CALLS), CALLS), name="jobs_export"),
    path("jobs/files/", jobs.daily_files, name="daily_files"),
    path("jobs/files/export/", exports.exporting(exports.always(FILES), FILES),
         name="daily_files_export"),
    path("jobs/files/<int:file_id>/", jobs.daily_file, name="daily_file"),
    path("jobs/exports/", jobs.exports, name="exports"),
    path("settings/", platform.settings, name="settings"),
    path("audit/", trail.audit, name="audit"),
    path("audit/export/", exports.exporting(exports.always(AUDIT), AUDIT), name="audit_export"),
    path("audit/<int:entry_no>/", trail.audit_entry, name="audit_entry"),
    path("audit/history/", trail.history, name="audit_history"),
    path("exports/<int:export_id>/", exports.export, name="export"),
    path("exports/<int:export_id>/file/", exports.export_file, name="export_file"),
]  # fmt: skip
