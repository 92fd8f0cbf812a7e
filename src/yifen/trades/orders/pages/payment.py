"""What becomes of a payer's money when his payment was taken back, for the pages that show the payment."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yifen.face import words
from yifen.trades.orders.queries import REFUND_SQL

REFUNDS: words.Words = {
    "refund_due": (gettext_lazy("退款处理中"), "waiting"),
    "refunded": (gettext_lazy("已原路退款"), "ok"),
}


def refund_of(conn: Any, payment_id: int) -> dict[str, Any] | None:
    """A badge; None where no money of an order goes back. `conn` has cursors of either kind."""
    with conn.cursor() as cursor:
        cursor.execute(REFUND_SQL, {"payment": payment_id})
        row = cursor.fetchone()
    return None if row is None else words.badge(REFUNDS, row[0])


def facts(conn: Any, payment_id: int) -> list[dict[str, Any]]:
    """For the clerk's page of a payment."""
    back = refund_of(conn, payment_id)
    return [] if back is None else [{"title": _("付款人退款"), **back}]
