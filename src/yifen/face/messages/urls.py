"""Addresses of carriers and texts."""

from django.urls import path

from yifen.face.messages import views

urlpatterns = [
    path("messages/", views.message_carriers, name="message_carriers"),
    path("messages/carriers/<slug:code>/", views.message_carrier, name="message_carrier"),
    path("messages/texts/<path:key>/", views.message_template, name="message_template"),
]
