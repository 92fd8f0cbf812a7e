"""Addresses of visits."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.visits.pages import field_views, place_views, views, wall_views
from yifen.trades.visits.pages.listing import VISITS

_ONE = "visits/<int:visit_id>/"
urlpatterns = [
    *list_urls(VISITS),
    path("visits/new/", views.visit_new, name="visit_new"),
    path("visits/assign/", views.visits_assign, name="visits_assign"),
    path("visits/mine/", field_views.visits_mine, name="visits_mine"),
    path(_ONE, views.visit, name="visit"),
    path(f"{_ONE}assign/", views.visit_assign, name="visit_assign"),
    path(f"{_ONE}give-up/", views.visit_give_up, name="visit_give_up"),
    path(f"{_ONE}do/", field_views.visit_do, name="visit_do"),
    path(f"{_ONE}photo/<int:number>/", views.visit_photo, name="visit_photo"),
    path("places/", place_views.visits_places, name="visits_places"),
    path("places/<int:place_id>/", place_views.visits_place, name="visits_place"),
    path("places/<int:place_id>/door/", place_views.visits_door, name="visits_door"),
    path("wall/", wall_views.visits_wall, name="visits_wall"),
]
