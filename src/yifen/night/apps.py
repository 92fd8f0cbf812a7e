"""The app keeps the label under which its tables were made."""

from django.apps import AppConfig


class EndOfDay(AppConfig):
    """The night."""

    name, label = "yifen.night", "endofday"
