"""The app."""

from django.apps import AppConfig


class Reminders(AppConfig):
    """Reminders to payers."""

    name, label = "yifen.trades.reminders", "reminders"
