"""The dashboard's figures as a file (H12): one row a channel, biller, institution and hour."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from yifen.core.partners.models import Partner
from yifen.face import scope
from yifen.face.lists import keys
from yifen.face.lists.filters import DayField, ListFilters
from yifen.face.lists.listing import Column, ListAsk, Listing, ListPage
from yifen.face.overview.figures import gather
from yifen.face.overview.tree import branches, flat
from yifen.hub.payments.traffic_queries import BP, Figure, Volume


class DayFilter(ListFilters):
    """A business day; the open one when none is named."""

    day = DayField(gettext_lazy("会计日期"))

    def first_value(self, name: str) -> Any:
        if name == "day":
            return scope.business_day(self.access.scope, self.now)
        return super().first_value(name)


class StatisticsLine(Struct, frozen=True):
    """What one thing took, and how its charges were answered; None where no charges were."""

    by: str
    name: str
    payments: int | None
    amount_fen: int | None
    returned: int | None = None
    returned_fen: int | None = None
    charges: int | None = None
    success: str | None = None
    p50: int | None = None
    p95: int | None = None
    p99: int | None = None


def every(ask: ListAsk) -> Iterator[StatisticsLine]:
    """Read anew, not kept: a file says how things stood when it was made."""
    found = gather(ask.access.scope, ask.now, ask.filters["day"])
    names = {row.pk: f"{row.code} {row.name}" for row in Partner.objects.all()}
    for row in found.channels:
        yield line(_("渠道"), names[row.key], row, found.charges_by_channel.get(row.key))
    for row in found.billers:
        yield line(_("收费单位"), names[row.key], row, found.charges_by_biller.get(row.key))
    for branch in flat(branches(found.billers, ask.access.scope)):
        yield StatisticsLine(_("机构"), branch.name, branch.payments, branch.amount_fen)
    volumes = {row.key: row for row in found.hours}
    calls = {row.key: row for row in found.charges_by_hour}
    for hour in sorted({*volumes, *calls}):
        name = f"{timezone.localtime(hour):%Y-%m-%d %H:00}"
        yield line(_("小时"), name, volumes.get(hour), calls.get(hour))


def line(by: str, name: str, volume: Volume | None, calls: Figure | None) -> StatisticsLine:
    """One row."""
    return StatisticsLine(
        by=by,
        name=name,
        payments=volume.payments if volume else None,
        amount_fen=volume.amount_fen if volume else None,
        returned=volume.returned if volume else None,
        returned_fen=volume.returned_fen if volume else None,
        charges=calls.calls if calls else None,
        success=percent(calls.success_bp) if calls else None,
        p50=calls.p50 if calls else None,
        p95=calls.p95 if calls else None,
        p99=calls.p99 if calls else None,
    )


def percent(share_bp: int) -> str:
    """9 987 hundredths of a percent → 99.87."""
    whole, rest = divmod(share_bp * 100 * 100 // BP, 100)
    return f"{whole}.{rest:02d}"


STATISTICS = Listing(
    name="statistics",
    title=gettext_lazy("统计"),
    permission="dashboard.view",
    export="dashboard.view",
    route="statistics/",
    only_exported=True,
    form=DayFilter,
    orders={"only": keys.order({"1": "text"})},
    pages=lambda ask: ListPage([], None, None),
    every=every,
    row=StatisticsLine,
    columns=(
        Column("by", "", gettext_lazy("分类")),
        Column("name", "", gettext_lazy("名称")),
        Column("payments", "", gettext_lazy("笔数"), "num"),
        Column("amount_fen", "", gettext_lazy("金额（元）"), "amount"),
        Column("returned", "", gettext_lazy("退回笔数"), "num"),
        Column("returned_fen", "", gettext_lazy("退回金额（元）"), "amount"),
        Column("charges", "", gettext_lazy("销账请求"), "num"),
        Column("success", "", gettext_lazy("成功率（%）")),
        Column("p50", "", gettext_lazy("p50（毫秒）"), "num"),
        Column("p95", "", gettext_lazy("p95（毫秒）"), "num"),
        Column("p99", "", gettext_lazy("p99（毫秒）"), "num"),
    ),
)
