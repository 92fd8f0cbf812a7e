"""Addresses of arriving and leaving."""

from django.urls import path

from yifen.core.access import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("enrol/", views.enrol, name="enrol"),
    path("password/", views.change_password, name="change_password"),
    path("home/", views.home, name="home"),
    path("profile/", views.profile, name="profile"),
]
