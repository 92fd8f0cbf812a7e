"""What trades know of a payment: each plug may add facts to its page."""

from typing import Any

from django.db import connection

from yifen.core.plugs import called, plugs

Fact = dict[str, Any]  # as `parts/facts.html` shows it


def facts_of(payment_id: int) -> list[Fact]:
    """The facts of all trades, in the order of the list of trades."""
    found: list[Fact] = []
    for plug in plugs():
        for name in plug.payment_facts:
            found += called(name)(connection.connection, payment_id)
    return found
