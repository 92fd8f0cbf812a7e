"""Addresses of official cards."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.cards.pages import (
    asking_views,
    bureau_views,
    claim_views,
    deputy_views,
    leaver_views,
    mine_views,
    views,
)
from yifen.trades.cards.pages.listing import (
    CATALOGUE,
    CLAIMS,
    DEPUTIES_LIST,
    OFFICIALS,
    PLACES_LIST,
    WRONGS_LIST,
)

urlpatterns = [
    *(
        one
        for listing in (OFFICIALS, CLAIMS, PLACES_LIST, WRONGS_LIST, CATALOGUE, DEPUTIES_LIST)
        for one in list_urls(listing)
    ),
    path("cards/mine/", mine_views.card_mine, name="card_mine"),
    path("cards/mine/<int:swipe_id>/mark/", mine_views.card_mark, name="card_mark"),
    path("cards/mine/query/", mine_views.card_query, name="card_query"),
    path("cards/claims/new/", asking_views.card_claim_new, name="card_claim_new"),
    path("cards/claims/new/check/", asking_views.card_claim_check, name="card_claim_check"),
    path("cards/claims/new/line/", asking_views.card_claim_line, name="card_claim_line"),
    path("cards/claims/new/paper/", asking_views.card_paper_read, name="card_paper_read"),
    path("cards/claims/<int:claim_id>/", claim_views.card_claim, name="card_claim"),
    path("cards/claims/<int:claim_id>/act/", claim_views.card_claim_act, name="card_claim_act"),
    path("cards/claims/<int:claim_id>/print/", claim_views.card_claim_print, name="card_claim_print"),
    path(
        "cards/claims/<int:claim_id>/paper/<int:paper_id>/",
        claim_views.card_paper,
        name="card_paper",
    ),
    path("cards/cards/<int:place_id>/", views.card_place, name="card_place"),
    path("cards/wrongs/<int:row_id>/", views.card_wrong, name="card_wrong"),
    path("cards/leavers/", leaver_views.card_leavers, name="card_leavers"),
    path("cards/leavers/<int:swipe_id>/waive/", leaver_views.card_waive, name="card_waive"),
    path(
        "cards/leavers/<int:waiver_id>/decide/",
        leaver_views.card_waive_decide,
        name="card_waive_decide",
    ),
    path("cards/deputies/new/", deputy_views.card_deputy_new, name="card_deputy_new"),
    path("cards/deputies/mine/", deputy_views.card_deputed, name="card_deputed"),
    path("cards/deputies/<int:deputy_id>/", deputy_views.card_deputy, name="card_deputy"),
    path("cards/catalogue/new/", bureau_views.card_catalogue_new, name="card_catalogue_new"),
    path("cards/files/new/", bureau_views.card_file_new, name="card_file_new"),
    path("cards/files/<int:bureau_id>/<int:word_id>/", bureau_views.card_file, name="card_file"),
    path("cards/issuers/new/", views.card_issuer_new, name="card_issuer_new"),
]
