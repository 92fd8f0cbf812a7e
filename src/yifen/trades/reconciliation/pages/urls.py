"""Addresses of reconciliation and repair."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.reconciliation.pages import (
    batch_views,
    chargeback_views,
    file_views,
    item_views,
    layout_views,
    rule_views,
    run_views,
    undecided_views,
)
from yifen.trades.reconciliation.pages.chargebacks_list import CHARGEBACKS
from yifen.trades.reconciliation.pages.items_list import DIFFERENCES
from yifen.trades.reconciliation.pages.rules_lists import LAYOUTS, PARTNER_RULES
from yifen.trades.reconciliation.pages.runs_list import RECONCILIATIONS
from yifen.trades.reconciliation.pages.undecided_list import UNDECIDED

urlpatterns = [
    *list_urls(RECONCILIATIONS, run_views.reconciliations),
    path("reconciliations/day/", run_views.reconciliation_day, name="reconciliation_day"),
    path("reconciliations/upload/", run_views.reconciliation_upload, name="reconciliation_upload"),
    path("reconciliations/files/<int:file_id>/", file_views.recon_file, name="recon_file"),
    path("reconciliations/files/<int:file_id>/withdraw/", file_views.recon_file_withdraw,
         name="recon_file_withdraw"),
    path("reconciliations/<int:run_id>/", run_views.reconciliation, name="reconciliation"),
    path("reconciliations/<int:run_id>/again/", run_views.reconciliation_again,
         name="reconciliation_again"),
    path("reconciliations/<int:run_id>/single-sided/", run_views.single_sided_file,
         name="single_sided"),
    *list_urls(DIFFERENCES),
    path("differences/batch/", batch_views.differences_batch, name="differences_batch"),
    path("differences/batch/propose/", batch_views.differences_propose, name="differences_propose"),
    path("differences/batch/decide/", batch_views.differences_decide, name="differences_decide"),
    *list_urls(UNDECIDED),
    *list_urls(CHARGEBACKS),
    path("payments/<int:payment_id>/chargebacks/", chargeback_views.payment_chargebacks, name="payment_chargebacks"),
    path("payments/<int:payment_id>/chargebacks/propose/", chargeback_views.chargeback_propose,
         name="chargeback_propose"),
    path("payments/<int:payment_id>/chargebacks/<int:chargeback_id>/outside/", chargeback_views.chargeback_outside,
         name="chargeback_outside"),
    path("differences/<int:item_id>/", item_views.difference, name="difference"),
    path("differences/<int:item_id>/own/", item_views.difference_own, name="difference_own"),
    path("differences/<int:item_id>/note/", item_views.difference_note, name="difference_note"),
    path("differences/<int:item_id>/outside/", item_views.difference_outside,
         name="difference_outside"),
    path("differences/<int:item_id>/propose/", item_views.difference_propose,
         name="difference_propose"),
    path("differences/<int:item_id>/release/", item_views.difference_release,
         name="difference_release"),
    path("differences/undecided/<int:payment_id>/", undecided_views.undecided_payment,
         name="undecided_payment"),
    path("differences/undecided/<int:payment_id>/end/", undecided_views.undecided_end,
         name="undecided_end"),
    *list_urls(PARTNER_RULES),
    *list_urls(LAYOUTS),
    path("reconciliation-rules/layouts/new/", layout_views.recon_layout_new,
         name="recon_layout_new"),
    path("reconciliation-rules/layouts/<int:layout_id>/", layout_views.recon_layout,
         name="recon_layout"),
    path("reconciliation-rules/<str:code>/", rule_views.recon_rule, name="recon_rule"),
]  # fmt: skip
