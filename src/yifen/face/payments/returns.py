"""Reversals and refunds 冲正与退款: what was given back on which business day; behind the dashboard's figure."""

from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope, words
from yifen.face.lists.asking import chosen, days, one_of
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_scope

_SQL = queries(__package__)
VERBS = {verb: words.VERBS[verb] for verb in ("reverse", "refund")}


def payment_url(row: Row, access: Access) -> str:
    return reverse("payment", args=[row.payment_id])


def open_day(access: Access, now: datetime) -> date:
    return scope.business_day(access.scope, now)


def channels(access: Access) -> list[tuple[int, str]]:
    return [(one.id, one.label) for one in scope.channels(access.scope)]


def billers(access: Access) -> list[tuple[int, str]]:
    return [(one.id, one.label) for one in scope.billers(access.scope)]


RETURNS = Listing(
    archives=True,
    name="returns",
    title=_("冲正与退款"),
    note=_("按退回的会计日期列出，收费方已同意的；一笔缴费可分次退回。"),
    empty=_("没有退回"),
    permission="payments.view",
    export="payments.export",
    handy=True,
    route="payments/returns/",
    source=_SQL["returns"],
    scope=in_scope("y.channel_id", "y.biller_id"),
    where=(_SQL["booked"],),
    key="(y.payment_id || ':' || r.serial)",
    key_kind="text",
    default="booked_at",
    opens=payment_url,
    filters=(
        *(one.of("r.business_day") for one in days(_("会计日期 起"), first=open_day)),
        *chosen("channel", _("渠道"), "y.channel_id = %(channel)s", channels),
        *chosen("biller", _("收费单位"), "y.biller_id = %(biller)s", billers),
    ),
    columns=(
        Column("booked_at", "r.booked_at", _("退回时间"), "time", order="down"),
        Column("payment_id", "y.payment_id", _("缴费号"), "code", value=lambda r, a: str(r.payment_id),
               url=payment_url),
        Column("verb", "r.verb::text", _("种类"), "badge", words=VERBS, filters=one_of("verb", _("种类"), VERBS)),
        Column("channel_name", "c.name", _("渠道")),
        Column("biller_name", "b.name", _("收费单位")),
        Column("account_no", "y.account_no", _("户号"), "account"),
        Column("amount_fen", "r.amount_fen", _("退回（元）"), "amount", order="down"),
        Column("paid_fen", "y.amount_fen", _("原缴（元）"), "amount", sums=False),
        Column("serial", "r.serial", _("流水号"), "code"),
        Column("reason", "r.reason", _("事由")),
        Column("business_day", "r.business_day", _("会计日期"), "day"),
    ),
)  # fmt: skip
