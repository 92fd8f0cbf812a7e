"""What became of a payment on a prepaid balance: for its page, for the counter, and for who paid."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.documents.figures import grouped_yuan
from yifen.core.wire.token_port import token_shown
from yifen.trades.billing.prepaid.reading import (
    MOVED_OF_PAYMENT,
    OF_PAYMENT,
    SALE_OF_PAYMENT,
    SALE_TO_COME,
    USES_BEHIND,
)
from yifen.trades.billing.quantities import shown

Shown = dict[str, Any]


def facts(conn: Any, payment_id: int) -> list[Shown]:
    """For clerks: what of it may be given back; if not all, what used it, and what has to be done first."""
    values = {"payment": payment_id}
    found, moved = _one(conn, OF_PAYMENT, values), _one(conn, MOVED_OF_PAYMENT, values)
    if found is None and moved is None:
        return []
    # What was moved here off a bill that it paid is given back off the balance, as what was paid on it.
    bucket, payable, balance, customer, came, back, first_no = found or (*(moved or ())[:4], 0, 0, None)
    where = {"bucket": bucket, "payable": payable, "first_no": first_no}
    left = came - back + (moved[4] if moved else 0)
    may = min(left, balance)
    told: list[Shown] = [{
        "title": _("预存款"), "url": reverse("billing_prepaid", args=[customer]),
        "text": _("余额 ¥%(balance)s，本笔现可退 ¥%(may)s") % {"balance": grouped_yuan(balance),
                                                      "may": grouped_yuan(may)}}]  # fmt: skip
    if moved:
        told.append(_moved(moved[4]))
    sale = _one(conn, SALE_OF_PAYMENT, where) if came > back else None
    if sale is not None:
        told += _sold(sale)
    if may < left:
        told += [_in_the_way(*row) for row in _all(conn, USES_BEHIND, where | {"payment": payment_id})]
        if sale is not None:
            told.append({"title": _("如需退款"), "text": _way_out(sale[5]),
                         "url": reverse("billing_sale", args=[sale[0]])})  # fmt: skip
    return told


def payer_facts(conn: Any, payment_id: int) -> list[Shown]:
    """For who paid: what it bought, and the token. `waits`: there will be more in a moment."""
    found = _one(conn, OF_PAYMENT, {"payment": payment_id})
    if found is None or found[4] == found[5]:  # none, or all of it went back
        return []
    sale = _one(conn, SALE_OF_PAYMENT, {"bucket": found[0], "payable": found[1], "first_no": found[6]})
    if sale is not None:
        return _sold(sale)
    waits = _one(conn, SALE_TO_COME, {"bucket": found[0], "payable": found[1], "customer": found[3]})
    if waits is None:
        return []
    text = _("没有售出，请联系收费单位") if waits[0] else _("正在处理，请稍后再看")
    return [{"title": _("购电"), "text": text, "waits": not waits[0]}]


def _sold(sale: tuple[Any, ...]) -> list[Shown]:
    _number, fee, unit, qty, fen, state, token = sale
    bought = {"title": _("已购"), "text": f"{fee} {shown(qty)} {unit} · ¥{grouped_yuan(fen)}"}
    if token:
        return [bought, {"title": _("卡密"), "kind": "code", "text": token_shown(token)}]
    if state in ("wanted", "asked"):
        return [bought, {"title": _("卡密"), "text": _("正在生成，请稍后再看"), "waits": True}]
    if state == "rejected":
        return [bought, {"title": _("卡密"), "text": _("没有生成，请联系收费单位")}]
    return [bought]


def _moved(fen: int) -> Shown:
    text = _("所缴账单已撤销或退补，其中 ¥%(fen)s 转入预存款：在原渠道办理退款，从余额退回")
    return {"title": _("转入预存款"), "text": text % {"fen": grouped_yuan(fen)}}


def _in_the_way(bill_id: int, fee: str, fen: int) -> Shown:
    return {"title": _("如需退款"), "url": reverse("billing_bill", args=[bill_id]),
            "text": _("%(fee)s账单 B%(bill)s 已使用 ¥%(fen)s：先撤销该账单，款项回到预存款后再退") % {
                "fee": fee, "bill": bill_id, "fen": grouped_yuan(fen)}}  # fmt: skip


def _way_out(state: str) -> str:
    if state == "rejected":
        return _("卡密被拒绝：先作废这笔售电，款项回到预存款后再退")
    return _("已折成数量售出，卡密一经发出不能收回：只能退预存款的余额")


def _one(conn: Any, statement: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    rows = _all(conn, statement, values)
    return rows[0] if rows else None


def _all(conn: Any, statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with conn.cursor() as cursor:
        cursor.execute(statement, values)
        return [tuple(row) for row in cursor.fetchall()]
