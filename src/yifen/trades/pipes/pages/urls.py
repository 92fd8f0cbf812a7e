"""Addresses of pipes."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.pipes.pages import delivery_views, views
from yifen.trades.pipes.pages.fetched import FETCHED
from yifen.trades.pipes.pages.lists import DELIVERIES, PIPES

urlpatterns = [
    *list_urls(DELIVERIES),
    *list_urls(FETCHED),
    path("pipes/events/", delivery_views.pipe_events, name="pipe_events"),
    path("pipes/deliveries/<int:number>/", delivery_views.pipe_delivery, name="pipe_delivery"),
    path("pipes/deliveries/<int:number>/again/", delivery_views.delivery_again, name="delivery_again"),
    path("pipes/deliveries/<int:number>/now/", delivery_views.delivery_now, name="delivery_now"),
    *list_urls(PIPES),
    path("pipes/new/", views.pipe_new, name="pipe_new"),
    path("pipes/<int:number>/", views.pipe, name="pipe"),
    path("pipes/<int:number>/edit/", views.pipe_edit, name="pipe_edit"),
    path("pipes/<int:number>/off/", views.pipe_off, name="pipe_off"),
    path("pipes/<int:number>/secret/", views.pipe_secret, name="pipe_secret"),
    path("pipes/<int:number>/ping/", delivery_views.pipe_ping, name="pipe_ping"),
    path("pipes/<int:number>/now/", delivery_views.pipe_now, name="pipe_now"),
    path("pipes/<int:number>/again/", delivery_views.pipe_again, name="pipe_again"),
]
