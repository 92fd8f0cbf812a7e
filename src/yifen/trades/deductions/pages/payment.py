"""What a payment's page says of the deduction that made it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.facts.money import format_yuan
from yifen.core.facts.sqlfiles import queries
from yifen.trades.deductions.pages.listing import STATES

_OF_PAYMENT = queries("yifen.trades.deductions")["of_payment"]


def facts(conn: Any, payment_id: int) -> list[dict[str, Any]]:
    """A link to it, and what is on its way back to the account."""
    with conn.cursor() as cursor:
        cursor.execute(_OF_PAYMENT, {"payment": payment_id})
        row = cursor.fetchone()
    if row is None:
        return []
    number, state, due_fen = row
    text = str(STATES[state][0]) + (f" · {_('退回中')} ¥{format_yuan(due_fen)}" if due_fen else "")
    return [{"title": _("卡扣"), "text": text, "url": reverse("deduction", args=[number])}]
