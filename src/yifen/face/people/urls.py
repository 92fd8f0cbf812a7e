"""Addresses of users and institutions."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.face.people import views
from yifen.face.people.moves_list import TELLER_MOVES
from yifen.face.people.users_list import USERS

urlpatterns = [
    *list_urls(USERS),
    *list_urls(TELLER_MOVES),
    path("users/new/", views.user_new, name="user_new"),
    path("users/<int:user_id>/", views.user, name="user"),
    path("users/<int:user_id>/change/", views.user_change, name="user_change"),
    path("users/<int:user_id>/move/", views.user_move, name="user_move"),
    path("institutions/", views.institutions, name="institutions"),
    path("institutions/<str:code>/", views.institution, name="institution"),
]
