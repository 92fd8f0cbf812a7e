"""The app."""

from django.apps import AppConfig


class Tally(AppConfig):
    """Gift boxes."""

    name, label = "tests.trade.tally", "tally"
    default_auto_field = "django.db.models.BigAutoField"
