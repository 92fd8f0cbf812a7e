"""The app keeps the label under which its tables were made."""

from django.apps import AppConfig


class Checkout(AppConfig):
    """Orders of payers."""

    name, label = "yifen.trades.orders", "checkout"
