"""What becomes of a payer's money when his payment is taken back, whole or in part, for the pages that show it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yifen.core.facts.days import ZONE
from yifen.core.facts.money import format_yuan
from yifen.face import words
from yifen.trades.orders.queries import REFUNDS_SQL

REFUNDS: words.Words = {
    "due": (gettext_lazy("退款处理中"), "waiting"),
    "back": (gettext_lazy("已原路退款"), "ok"),
}


def refunds_of(conn: Any, payment_id: int) -> list[dict[str, Any]]:
    """A badge of all that goes back, or of each part: with its `fen`, and `at` which time it was back; none where no
    money of an order does. `conn` has cursors of either kind."""
    with conn.cursor() as cursor:
        cursor.execute(REFUNDS_SQL, {"payment": payment_id})
        rows = cursor.fetchall()
    found = []
    for is_back, fen, at in rows:
        badge = words.badge(REFUNDS, "back" if is_back else "due")
        if fen is not None:
            badge |= {"fen": fen, "at": at, "text": f"¥{format_yuan(fen)} {badge['text']}"}
        found.append(badge)
    return found


def facts(conn: Any, payment_id: int) -> list[dict[str, Any]]:
    """For the clerk's page of a payment."""
    return [{"title": _("付款人退款"), **_with_time(badge)} for badge in refunds_of(conn, payment_id)]


def _with_time(badge: dict[str, Any]) -> dict[str, Any]:
    """As a line of text, for it is too long for a badge."""
    at = badge.pop("at", None)
    return badge | {"kind": "", "text": f"{badge['text']} {at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"} if at else badge
