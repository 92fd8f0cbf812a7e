"""Addresses of official cards."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.cards.pages import claim_views, mine_views, views
from yifen.trades.cards.pages.listing import CLAIMS, OFFICIALS, PLACES_LIST, WRONGS_LIST

urlpatterns = [
    *(one for listing in (OFFICIALS, CLAIMS, PLACES_LIST, WRONGS_LIST) for one in list_urls(listing)),
    path("cards/mine/", mine_views.card_mine, name="card_mine"),
    path("cards/mine/<int:swipe_id>/mark/", mine_views.card_mark, name="card_mark"),
    path("cards/mine/<int:swipe_id>/claim/", mine_views.card_claim_new, name="card_claim_new"),
    path("cards/mine/cash/", mine_views.card_cash_new, name="card_cash_new"),
    path("cards/claims/<int:claim_id>/", claim_views.card_claim, name="card_claim"),
    path("cards/claims/<int:claim_id>/act/", claim_views.card_claim_act, name="card_claim_act"),
    path("cards/claims/<int:claim_id>/paper/<int:paper_id>/", claim_views.card_paper, name="card_paper"),
    path("cards/cards/<int:place_id>/", views.card_place, name="card_place"),
    path("cards/wrongs/<int:row_id>/", views.card_wrong, name="card_wrong"),
    path("cards/issuers/new/", views.card_issuer_new, name="card_issuer_new"),
]
