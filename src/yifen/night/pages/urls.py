"""Addresses of the end of day."""

from django.urls import path

from yifen.night.pages import views

urlpatterns = [
    path("day-ends/", views.day_ends_run, name="day_ends_run"),
    path("day-ends/<int:book_id>/<str:day>/", views.day_end, name="day_end"),
    path("day-ends/<int:book_id>/<str:day>/sign/", views.day_end_sign, name="day_end_sign"),
    path("day-statements/<int:partner_id>/<str:day>/<str:form>/", views.day_statement,
         name="day_statement"),
]  # fmt: skip
