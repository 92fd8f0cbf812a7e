"""What a payment's page, the counter and the payer's receipt say of its electronic invoices."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access import edge
from yifen.trades.invoices.electronic import issuing
from yifen.trades.invoices.electronic.issuing import OF_PAYMENT
from yifen.trades.invoices.pages.electronic_listing import KINDS, STATES
from yifen.trades.invoices.pages.payer import address_of


def facts(conn: Any, payment_id: int) -> list[dict[str, Any]]:
    """For clerks: each with its number or its state."""
    return [{"title": KINDS[kind][0], "text": number or STATES[state][0], "is_issued": kind == "blue" and bool(number),
             "url": reverse("invoice_electronic", args=[order_no])}
            for order_no, kind, state, number, _fen, _reason in _orders(conn, payment_id)]  # fmt: skip


def payer_facts(conn: Any, payment_id: int) -> list[dict[str, Any]]:
    """For who paid: the invoice's number, or how far it is; sheets and failures are the clerks' to see to. Where he may
    ask for one himself, where he does."""
    told: list[dict[str, Any]] = []
    orders = _orders(conn, payment_id)
    may = None if orders else issuing.may_issue_own(conn, payment_id, edge.now())
    if may and may[0] is None:
        told.append({"title": _("数电票"), "text": _("申请开票"), "url": address_of(payment_id)})
    for _order, kind, state, number, _fen, _reason in orders:
        if kind != "sheet" and state != "dropped":
            title = _("数电票") if kind == "blue" else _("红字数电票")
            text = number or (_("没有开成，请联系柜面") if state == "failed" else _("正在开具，请稍后再看"))
            told.append({"title": title, "text": text, "kind": "code" if number else "", "waits": not number
                         and state != "failed"})  # fmt: skip
    return told


def _orders(conn: Any, payment_id: int) -> list[tuple[Any, ...]]:
    with conn.cursor() as cursor:
        cursor.execute(OF_PAYMENT, (payment_id,))
        return [tuple(row) for row in cursor.fetchall()]
