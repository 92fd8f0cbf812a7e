"""Addresses of onboarding."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.onboarding.pages import (
    code_views,
    dialect_views,
    handover_views,
    key_views,
    kind_views,
    opening_views,
    outage_views,
    request_views,
    run_views,
    views,
)
from yifen.trades.onboarding.pages.channels_list import CHANNELS
from yifen.trades.onboarding.pages.keys_list import KEYS
from yifen.trades.onboarding.pages.partners_list import OUTAGES, PARTNERS
from yifen.trades.onboarding.pages.requests_list import REQUESTS
from yifen.trades.onboarding.pages.runs_list import RUNS

urlpatterns = [
    *list_urls(PARTNERS),
    path("partners/new/", views.partner_new, name="partner_new"),
    *list_urls(CHANNELS),
    path("channels/kinds/", kind_views.channel_kinds, name="channel_kinds"),
    path("channels/kinds/<int:book_id>/<str:kind>/", kind_views.channel_kind, name="channel_kind"),
    *list_urls(KEYS),
    *list_urls(RUNS),
    *list_urls(REQUESTS),
    path("partners/requests/<int:number>/", request_views.sandbox_request, name="sandbox_request"),
    path("partners/<str:code>/", views.partner, name="partner"),
    path("partners/<str:code>/edit/", views.partner_edit, name="partner_edit"),
    path("partners/<str:code>/suspend/", opening_views.partner_suspend, name="partner_suspend"),
    path("partners/<str:code>/resume/", opening_views.partner_resume, name="partner_resume"),
    path("partners/<str:code>/admit/", opening_views.partner_admit, name="partner_admit"),
    path("partners/<str:code>/admit/<str:other>/stop/", opening_views.partner_stop,
         name="partner_stop"),
    path("partners/<str:code>/keys/", key_views.partner_keys, name="partner_keys"),
    path("partners/<str:code>/keys/<int:version>/end/", key_views.partner_key_end,
         name="partner_key_end"),
    path("partners/<str:code>/dialect/", dialect_views.partner_dialect, name="partner_dialect"),
    path("partners/<str:code>/dialect/key/", dialect_views.partner_dialect_key,
         name="partner_dialect_key"),
    path("partners/<str:code>/handover/", handover_views.partner_handover, name="partner_handover"),
    path("partners/<str:code>/handover.pdf", handover_views.partner_handover_pdf,
         name="partner_handover_pdf"),
    path("partners/<str:code>/codes/", code_views.partner_codes, name="partner_codes"),
    path("partners/<str:code>/certify/", run_views.partner_certify, name="partner_certify"),
    path("partners/<str:code>/go-live/ask/", run_views.go_live_request, name="go_live_request"),
    path("conformance/<int:run_id>/", run_views.conformance_run, name="conformance_run"),
    path("conformance/<int:run_id>/report.<str:form>", run_views.conformance_report,
         name="conformance_report"),
    *list_urls(OUTAGES, outage_views.outages),
    path("outages/<int:outage_id>/end/", outage_views.outage_end, name="outage_end"),
]  # fmt: skip
