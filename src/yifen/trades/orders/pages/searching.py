"""Orders 支付单 that a search finds: by our number, the pay method's, or that of a refund in part."""

from datetime import datetime

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.pgarrays import texts
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.selecting import in_scope, params_of
from yifen.face.search.asked import Question
from yifen.face.search.hits import HITS_MAX, Hit

KIND = Text("支付单", "Orders")
STATES: words.Words = {
    "new": (_("待支付"), "waiting"), "paying": (_("支付中"), "waiting"), "paid": (_("已付款，销账中"), "waiting"),
    "booked": (_("缴费成功"), "ok"), "refund_due": (_("退款中"), "waiting"), "refunded": (_("已退款"), "neutral"),
    "closed": (_("已关闭"), "neutral"),
}  # fmt: skip
_SOUGHT = queries("yifen.trades.orders")["sought"].format(scope=in_scope("o.channel_id", "o.biller_id"))


def found(access: Access, asked: Question, now: datetime) -> list[Hit]:
    """Of who may see payments, in his scope. One without a payment leads nowhere: its line says how it stands."""
    if not access.may("payments.view") or not asked.plain:
        return []
    params = params_of(access, now) | {"numbers": texts((asked.text, asked.plain)), "most": HITS_MAX}
    with connection.cursor() as cursor:
        cursor.execute(_SOUGHT, params)
        rows = cursor.fetchall()
    return [Hit(KIND, trade_no or order_no, _said(fen, biller, state), _url(payment_id), bool(payment_id))
            for order_no, trade_no, fen, biller, state, payment_id in rows]  # fmt: skip


def _said(fen: int, biller: str, state: str) -> str:
    return f"¥{grouped_yuan(fen)} · {biller} · {words.word(STATES, state)}"


def _url(payment_id: int | None) -> str:
    return reverse("payment", args=[payment_id]) if payment_id else ""
