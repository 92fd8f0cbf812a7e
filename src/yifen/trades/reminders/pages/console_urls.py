"""Addresses of reminders on the console."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.reminders.pages import console
from yifen.trades.reminders.pages.listing import REMINDERS

urlpatterns = [
    *list_urls(REMINDERS),
    path("reminders/counts/", console.reminder_counts, name="reminder_counts"),
    path("reminders/<int:reminder_id>/", console.reminder, name="reminder"),
]
