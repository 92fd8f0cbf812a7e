"""Addresses of monitoring."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.cards.watch import views
from yifen.trades.cards.watch.listing import HITS, WATCH_RULES

urlpatterns = [
    *(one for listing in (HITS, WATCH_RULES) for one in list_urls(listing)),
    path("cards/watch/", views.card_watch, name="card_watch"),
    path("cards/watch/mine/", views.card_watch_mine, name="card_watch_mine"),
    path("cards/watch/hits/<int:hit_id>/", views.card_hit, name="card_hit"),
    path("cards/watch/rules/new/", views.card_watch_rule_new, name="card_watch_rule_new"),
]
