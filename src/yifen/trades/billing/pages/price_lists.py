"""The lists of prices 价格 and of fees 费种."""

from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face import words
from yifen.face.lists.asking import chosen, one_of
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.billing.pages.run_lists import fees
from yifen.trades.billing.prices.fees import MODES
from yifen.trades.billing.prices.telling import CYCLES

_SQL = queries(__package__)
STATES: words.Words = {"now": (_("执行中"), "ok"), "coming": (_("待执行"), "waiting"), "past": (_("已过期"), "neutral")}
CLASSES: words.Words = {
    "residential": (_("居民"), "neutral"), "shared": (_("合表"), "neutral"), "low_income": (_("低保"), "neutral"),
    "metered": (_("居民计量"), "neutral"), "boiler": (_("居民采暖"), "neutral"),
    "business": (_("非居民"), "neutral"), "industrial": (_("工业"), "neutral"),
}  # fmt: skip
"""Classes of customers that published prices have; a company's own stand as it typed them."""


def class_said(class_: str) -> str:
    """In the reader's language, where it is known."""
    return str(CLASSES[class_][0]) if class_ in CLASSES else class_


def tabs(current: str) -> list[dict[str, Any]]:
    """What is charged for, and at which price."""
    names = (("billing_prices", pgettext("price", "价格")), ("billing_fees", pgettext("price", "费种")))
    return [{"title": title, "url": reverse(name), "current": name == current} for name, title in names]


def billers(access: Access) -> list[tuple[int, str]]:
    """Companies in scope that bill here."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["billing_billers"], scopes.params(access.scope))
        return list(cursor.fetchall())


def price_url(row: Row, access: Access) -> str:
    return reverse("billing_price", args=[row.price_id])


def fee_url(row: Row, access: Access) -> str:
    return reverse("billing_fee", args=[row.fee_id]) if access.may("billing.prices") else ""


BILLING_PRICES = Listing(
    name="billing_prices",
    title=pgettext_lazy("price", "价格"),
    heading=_("价格与费种"),
    note=_("价格按费种、用户类别、地区分版本，从生效日起执行；新版本先试算，再由另一人复核。"),
    empty=_("还没有价格"),
    empty_note=_("可从公布的价格开始，改成本单位的价格。"),
    permission="billing.view",
    export="billing.prices",
    route="billing/prices/",
    source=_SQL["prices"],
    scope=in_scope("f.biller_id"),
    key="v.price_id",
    opens=price_url,
    tabs=tabs,
    actions=(ListAction(_("新价格"), "billing_price_new", "billing.prices", "plus", "primary"),),
    filters=chosen("fee", _("费种"), "f.fee_id = %(fee)s", fees),
    columns=(
        Column("biller", "p.code || ' ' || p.name", _("收费单位")),
        Column("fee", "f.name", _("费种"), order="up", by="p.code || f.code"),
        Column("class_", "v.class", _("用户类别"), value=lambda r, a: class_said(r.class_)),
        Column("region", "nullif(v.region, '')", _("地区")),
        Column("name", "v.name", _("名称")),
        Column("valid_from", "v.valid_from", _("生效日"), "day", order="down"),
        Column("until", "v.until", _("止"), "day"),
        Column("prices", "t.prices", _("单价（元）"), "code"),
        Column("state", _SQL["price_state"], _("状态"), "badge", words=STATES,
               filters=one_of("state", _("状态"), STATES)),
    ),
    reads={"price_id": "v.price_id"},
)  # fmt: skip

BILLING_FEES = Listing(
    name="billing_fees",
    title=_("费种"),
    heading=_("价格与费种"),
    note=_("收什么费、怎样计量、阶梯按什么周期累计、账单怎样缴；由两人登记。"),
    empty=_("还没有费种"),
    permission="billing.view",
    export="billing.prices",
    route="billing/fees/",
    source=_SQL["fees_listed"],
    scope=in_scope("f.biller_id"),
    key="f.fee_id",
    opens=fee_url,
    tabs=tabs,
    actions=(ListAction(_("新费种"), "billing_fee_new", "billing.prices", "plus", "primary"),),
    columns=(
        Column("biller", "p.code || ' ' || p.name", _("收费单位"), order="up", by="p.code || f.code"),
        Column("code", "f.code", _("代码"), "code"),
        Column("name", "f.name", _("名称")),
        Column("unit", "f.unit", _("单位"), "code"),
        Column("metered", "f.metered", pgettext_lazy("fee", "计量"),
               value=lambda r, a: _("按表") if r.metered else _("按面积或月")),
        Column("cycle", "f.cycle", _("阶梯周期"), value=lambda r, a: told(CYCLES[r.cycle])),
        Column("mode", "f.mode::text", _("缴法"), value=lambda r, a: told(MODES[r.mode])),
        Column("due_days", "f.due_days", _("到期天数"), "num"),
        Column("prices", "n.prices", _("执行中的价格"), "num"),
    ),
    reads={"fee_id": "f.fee_id"},
)  # fmt: skip
