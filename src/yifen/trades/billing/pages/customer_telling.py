"""A customer as his page tells him: facts and tables."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from yifen.core.access.edge import Access
from yifen.core.access.sealing import ring
from yifen.core.access.telling import told
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.masking import masked_name
from yifen.face import words
from yifen.hub.payments.names import opened_name
from yifen.trades.billing.customers.importing import STANDINGS
from yifen.trades.billing.customers.marks import opened_contact
from yifen.trades.billing.customers.reading_files import SeenReading
from yifen.trades.billing.pages.customer_forms import REGISTER_WORDS
from yifen.trades.billing.pages.customer_lists import CUSTOMER_STATES, READING_KINDS
from yifen.trades.billing.pages.masking import account_shown
from yifen.trades.billing.quantities import shown

ODD: words.Words = {"smaller": (gettext_lazy("读数变小"), "bad"), "spike": (gettext_lazy("突增"), "bad")}
READING_STANDINGS = {"new": gettext_lazy("新读数"), "same": gettext_lazy("相同"), "changed": gettext_lazy("更正")}
ODD_SHOWN = 200
GOOD = ("new", "added", "changed", "same")
Shown = dict[str, Any]


class CustomerPage(NamedTuple):
    """One customer, his holder and phone sealed."""

    customer_id: int
    bucket: int
    biller_id: int
    biller_code: str
    biller_name: str
    account_no: str
    holder: str | None
    place: str
    persons: int
    contact: str | None
    consent_at: datetime | None
    withdrawn_at: datetime | None
    opened_on: date
    closed_on: date | None
    before_id: int | None
    after_id: int | None


def facts(one: CustomerPage, access: Access, household: Sequence[tuple[date, int]]) -> list[Shown]:
    name = opened_name(ring(), one.biller_id, one.account_no, one.holder)
    phone = opened_contact(ring(), one.biller_id, one.account_no, one.contact)
    size = [str(one.persons), *(f"{day.isoformat()} {persons}" for day, persons in household)]

    def other(customer_id: int | None) -> Shown:
        url = reverse("billing_customer", args=[customer_id]) if customer_id else ""
        return {"text": _("查看") if customer_id else None, "url": url}

    return [
        {"title": _("收费单位"), "text": f"{one.biller_code} {one.biller_name}"},
        {"title": _("户号"), "kind": "code", "text": account_shown(access, one.account_no)},
        {"title": _("户名"), "text": masked_name(name)},
        {"title": _("地址"), "text": one.place},
        {"title": _("状态"), **words.badge(CUSTOMER_STATES, "closed" if one.closed_on else "open")},
        {"title": _("开户日"), "kind": "code", "text": one.opened_on.isoformat()},
        {"title": _("销户日"), "text": one.closed_on.isoformat() if one.closed_on else None},
        {"title": _("人口"), "text": " → ".join(size)},
        {"title": _("手机"), "text": f"****{phone[-4:]}" if phone else None},
        {"title": _("同意接收短信"), "text": consent(one)},
        {"title": _("前一户主"), **other(one.before_id)},
        {"title": _("后一户主"), **other(one.after_id)},
    ]


def consent(one: CustomerPage) -> str:
    """Yes or no, with the day on which it was given or taken back."""
    word, when = (_("是"), one.consent_at) if one.consent_at else (_("否"), one.withdrawn_at)
    return f"{word} · {localdate(when).isoformat()}" if when else word


def money(one: CustomerPage, kept_fen: int, open_fen: int) -> list[Shown]:
    """What is on the account; of one that is closed, how it comes back."""
    back = _("退款：由原缴费渠道办理；柜面缴的在“柜员交易”退款，两人复核")
    kept = f"{grouped_yuan(kept_fen)} · {back}" if kept_fen and one.closed_on else grouped_yuan(kept_fen)
    return [{"title": _("未缴（元）"), "text": grouped_yuan(open_fen)}, {"title": _("预存余额（元）"), "text": kept}]


def table(heads: Sequence[Any], rows: Iterable[Sequence[Any]], numbers: Sequence[int] = ()) -> Shown:
    """A plain table; `numbers`: columns that stand to the right."""
    def cell(place: int, value: Any) -> Shown:
        if isinstance(value, dict):
            return value
        if isinstance(value, date):
            return {"kind": "code", "text": value.isoformat()}
        return {"kind": "num" if place in numbers else "text", "text": "" if value is None else str(value)}

    return {
        "columns": [{"title": head, "kind": "num"} if place in numbers else {"title": head}
                    for place, head in enumerate(heads)],
        "rows": [{"cells": [cell(place, value) for place, value in enumerate(row)]} for row in rows],
    }  # fmt: skip


def services_table(rows: list[tuple[Any, ...]]) -> Shown:
    heads = (_("费种"), _("计费项编号"), _("用户类别"), _("地区"), _("面积"), _("系数"), _("付费"), _("起"), _("止"))
    begin = reverse("billing_begin")  # of one customer: his last bill, or one that was left out
    return table(heads, ((name, {"kind": "code", "text": str(service), "url": f"{begin}?service={service}&fee={fee}"},
                          kind, region, shown(area), f"{factor.normalize():f}",
                          _("预付费") if prepaid else _("后付费"), since, until)
                         for service, fee, name, kind, region, area, factor, since, until, prepaid in rows),
                 (4, 5))  # fmt: skip


def meters_table(rows: list[tuple[Any, ...]]) -> Shown:
    heads = (_("费种"), _("表号"), _("计量"), _("倍率"), _("整数位数"), _("装表日"), _("起码"), _("拆表日"), _("止码"))
    return table(heads, ((fee, {"kind": "code", "text": number}, REGISTER_WORDS[register],
                          f"{multiplier.normalize():f}", digits, fitted, shown(first), removed, shown(last))
                         for _id, fee, number, register, multiplier, digits, fitted, first, removed, last in rows),
                 (3, 4, 6, 8))  # fmt: skip


def readings_table(rows: list[tuple[Any, ...]]) -> Shown:
    heads = (_("抄表日"), _("表号"), _("计量"), _("读数"), pgettext("billing", "方式"), _("版本"), _("经办"))
    return table(heads, ((day, {"kind": "code", "text": number}, REGISTER_WORDS[register], shown(value),
                          words.badge(READING_KINDS, kind), version, by)
                         for number, register, day, version, value, kind, _at, by in rows), (3, 5))  # fmt: skip


def usages_table(rows: list[tuple[Any, ...]]) -> Shown:
    heads = (_("费种"), _("起"), _("止"), pgettext("billing", "用量"), _("峰"), _("谷"), pgettext("billing", "方式"))
    return table(heads, ((name, since, until, f"{shown(qty)} {unit}", shown(peak) if peak else "",
                          shown(valley) if valley else "", words.badge(READING_KINDS, "estimated" if guess else "read"))
                         for name, unit, since, until, qty, peak, valley, guess in rows), (3, 4, 5))  # fmt: skip


def rows_table(rows: Iterable[tuple[Any, ...]], access: Access, biller_id: int) -> Shown:
    """Rows of a file of customers, with what becomes of them."""
    heads = (_("行"), _("户号"), _("户名"), _("地址"), _("费种"), _("用户类别"), _("表号"), _("起始日"),
             pgettext("billing", "处理"))  # fmt: skip
    return table(heads, ((line_no, {"kind": "code", "text": account_shown(access, account_no)},
                          masked_name(opened_name(ring(), biller_id, account_no, name)), place, fee, kind,
                          {"kind": "code", "text": number}, since,
                          {"kind": "badge", "text": told(STANDINGS[standing]),
                           "tone": "neutral" if standing in GOOD else "bad"})
                         for line_no, account_no, name, place, fee, kind, number, since, standing in rows))  # fmt: skip


def standings_table(seen: dict[str, int]) -> Shown:
    heads = (pgettext("billing", "处理"), _("行数"))
    return table(heads, ((told(STANDINGS[name]), f"{count:,}") for name, count in seen.items()), (1,))


def reading_preview(seen: list[SeenReading], access: Access) -> Shown:
    """How many rows of a file would be what, and the odd ones, the first of them."""
    counts = Counter(one.standing for one in seen)
    odd = [one for one in seen if one.odd]
    heads = (_("户号"), _("表号"), _("计量"), _("抄表日"), _("读数"), _("上次"), _("上次读数"), _("走数"),
             _("以往平均"), _("异常"))  # fmt: skip
    rows = table(heads, (({"kind": "code", "text": account_shown(access, one.account_no)},
                          {"kind": "code", "text": one.row.number}, REGISTER_WORDS[one.row.register], one.row.day,
                          shown(one.row.value_milli), one.before_on, shown(one.before_milli), shown(one.used_milli),
                          shown(one.mean_milli), words.badge(ODD, one.odd or "")) for one in odd[:ODD_SHOWN]),
                 (4, 6, 7, 8))  # fmt: skip
    return {"seen": [(READING_STANDINGS[name], counts[name]) for name in READING_STANDINGS],
            "odd": rows | {"more": max(len(odd) - ODD_SHOWN, 0)}, "odd_count": len(odd)}  # fmt: skip
