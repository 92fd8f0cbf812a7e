"""Addresses of users and institutions."""

from django.urls import path

from yifen.face.people import views

urlpatterns = [
    path("users/", views.users, name="users"),
    path("users/new/", views.user_new, name="user_new"),
    path("users/<int:user_id>/", views.user, name="user"),
    path("users/<int:user_id>/change/", views.user_change, name="user_change"),
    path("institutions/", views.institutions, name="institutions"),
]
