"""What a payment's page says of the debit that made it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.facts.sqlfiles import queries
from yifen.trades.mandates.pages.words import SINGLES, WAYS

_OF_PAYMENT = queries("yifen.trades.mandates")["of_payment"]


def facts(conn: Any, payment_id: int) -> list[dict[str, Any]]:
    """A link to its mandate."""
    with conn.cursor() as cursor:
        cursor.execute(_OF_PAYMENT, {"payment": payment_id})
        row = cursor.fetchone()
    if row is None:
        return []
    number, way, state = row
    return [{"title": _("代扣签约"), "text": f"{number} · {WAYS[way][0]} · {SINGLES[state][0]}",
             "url": reverse("mandate", args=[number])}]  # fmt: skip
