"""Addresses of arriving and leaving."""

from django.urls import path

from yifen.core.access import passkey_views, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("enrol/", views.enrol, name="enrol"),
    path("password/", views.change_password, name="change_password"),
    path("home/", views.home, name="home"),
    path("profile/", views.profile, name="profile"),
    path("passkeys/", passkey_views.own_passkeys, name="passkeys"),
    path("passkeys/new/", passkey_views.passkey_new, name="passkey_new"),
    path("passkeys/<int:number>/remove/", passkey_views.passkey_remove, name="passkey_remove"),
    path("passkeys/question/", passkey_views.passkey_question, name="passkey_question"),
    path("passkeys/confirm/", passkey_views.passkey_confirm, name="passkey_confirm"),
]
