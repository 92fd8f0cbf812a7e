"""Sales and prepaid balances as pages tell them."""

from datetime import datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.edge import Access
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.refused import Refused
from yifen.core.plugs import result_code
from yifen.core.wire.token_port import token_shown
from yifen.face import words
from yifen.trades.billing.pages.customer_telling import table
from yifen.trades.billing.pages.masking import account_shown
from yifen.trades.billing.pages.sale_lists import TOKEN_STATES
from yifen.trades.billing.quantities import shown

Shown = dict[str, Any]


class OneSale(NamedTuple):
    """A sale, its customer, and what took it back."""

    sale_id: int
    biller_id: int
    biller: str
    account_no: str
    customer_id: int
    fee_name: str
    unit: str
    meter: str
    qty_milli: int
    used_milli: int
    amount_fen: int
    undoes_id: int | None
    sold_at: datetime
    state: str
    token: str | None
    token_reason: str
    token_tries: int
    token_at: datetime
    undone_by: int | None


def sale_facts(sale: OneSale, access: Access) -> list[Shown]:
    other = sale.undoes_id or sale.undone_by
    other_title = _("作废") if sale.undoes_id else _("作废于")
    undone: list[Shown] = []
    if other:
        undone = [{"title": other_title, "text": f"T{other}", "url": reverse("billing_sale", args=[other])}]
    token: list[Shown] = [{"title": _("卡密号"), "kind": "code", "text": token_shown(sale.token)}] if sale.token else []
    asked: list[Shown] = []
    if sale.state == "asked":
        asked = [{"title": _("已问次数"), "text": str(sale.token_tries)},
                 {"title": _("下次再问"), "kind": "time", "at": sale.token_at}]  # fmt: skip
    return [
        {"title": _("收费单位"), "text": sale.biller},
        {"title": _("户号"), "text": account_shown(access, sale.account_no),
         "url": reverse("billing_customer", args=[sale.customer_id])},
        {"title": _("费种"), "text": sale.fee_name},
        {"title": _("表号"), "kind": "code", "text": sale.meter},
        {"title": _("数量"), "text": f"{shown(sale.qty_milli)} {sale.unit}"},
        {"title": _("金额（元）"), "kind": "amount", "fen": sale.amount_fen},
        {"title": _("本周期此前已购"), "text": f"{shown(sale.used_milli)} {sale.unit}"},
        {"title": _("时间"), "kind": "time", "at": sale.sold_at},
        {"title": _("卡密"), **words.badge(TOKEN_STATES, sale.state)},
        *token,
        *([{"title": _("拒绝原因"), "text": sale.token_reason}] if sale.token_reason else []),
        *asked,
        *undone,
    ]  # fmt: skip


def sale_lines(rows: list[tuple[Any, ...]]) -> Shown:
    heads = (_("计价项"), _("阶梯"), _("数量"), _("单价"), _("金额（元）"))
    return table(heads, ((name, tier or "", shown(qty), f"{price.normalize():f}", grouped_yuan(fen))
                         for name, tier, qty, price, fen in rows), (1, 2, 3, 4))  # fmt: skip


def sales_table(rows: list[tuple[Any, ...]]) -> Shown:
    """Of one customer."""
    heads = (_("售电号"), _("时间"), _("费种"), _("表号"), _("数量"), _("金额（元）"), _("卡密"), _("卡密号"))
    return table(heads, (({"text": f"T{sale}", "url": reverse("billing_sale", args=[sale])}, {"kind": "time", "at": at},
                          fee, {"kind": "code", "text": meter}, f"{shown(qty)} {unit}", grouped_yuan(fen),
                          words.badge(TOKEN_STATES, state), {"kind": "code", "text": token_shown(token or "")})
                         for sale, at, fee, unit, meter, qty, fen, state, token in rows), (4, 5))  # fmt: skip


def balance_facts(rows: list[tuple[Any, ...]], language: str) -> list[Shown]:
    if not rows:
        return [{"title": _("预存款（元）"), "text": None}]
    _payable, fen, code, next_at = rows[0]
    waits = [{"title": _("没有售出的原因"), "text": Refused(result_code(code)).text(language)},
             {"title": _("下次再试"), "kind": "time", "at": next_at}] if code else []  # fmt: skip
    return [{"title": _("预存款（元）"), "kind": "amount", "fen": fen}, *waits]


def kept_table(rows: list[tuple[Any, ...]], sees: bool) -> Shown:
    """Payments on a balance; `sees`: may open a payment's page."""
    heads = (_("缴费号"), _("付款时间"), _("渠道"), _("来源"), _("存入（元）"), _("已退（元）"), _("现可退（元）"))
    return table(heads, (({"text": str(payment), "url": reverse("payment", args=[payment]) if sees else ""},
                          {"kind": "time", "at": at}, channel,
                          _("账单撤销、退补转入") if moved else _("预存"), grouped_yuan(came), grouped_yuan(back),
                          grouped_yuan(may))
                         for payment, at, channel, moved, came, back, may in rows), (4, 5, 6))  # fmt: skip
