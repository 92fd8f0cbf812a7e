"""The app keeps the label under which its tables were made."""

from django.apps import AppConfig


class Console(AppConfig):
    """Exports, and checks of the books."""

    name, label = "yifen.face", "console"
