"""The list of channels 渠道: what binds each now, by its own limits and hours and its kind's, and how it stands."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.asking import named, one_of
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.onboarding.pages.partners_list import CHANNEL_KINDS, partner_url

_SQL = queries(__package__)
CHANNEL_STATES: words.Words = {
    "open": (_("服务中"), "ok"),
    "near": (_("当日限额将用尽"), "waiting"),
    "closed": (_("不在服务时间"), "neutral"),
    "stopped": (_("未上线或已停用"), "bad"),
}


def used(row: Row, access: Access) -> str | None:
    """How much of its day's limit a channel has taken."""
    return f"{row.taken_fen * 100 // row.day_fen_max}%" if row.day_fen_max else None


def hours(row: Row, access: Access) -> Any:
    """Its own and its kind's; both count."""
    spans = ((row.opens_at, row.closes_at), (row.kind_opens_at, row.kind_closes_at))
    told = [f"{begins or '00:00':.5}–{ends or '24:00':.5}" for begins, ends in spans if begins or ends]
    return " ∩ ".join(dict.fromkeys(told)) or _("全天")


CHANNELS = Listing(
    name="channels",
    title=_("渠道"),
    note=_("限额为渠道自己的与其种类规定中更严的；两边的服务时间都要在内。"),
    empty=_("没有符合条件的渠道"),
    permission="partners.view",
    export="partners.view",
    route="channels/",
    source=_SQL["channels"],
    scope=in_scope("p.id"),
    key="p.id",
    opens=partner_url,
    filters=named(_("代码或名称"), "p.code", "p.name", name="text"),
    columns=(
        Column("code", "p.code", _("代码"), "code", order="up"),
        Column("name", "p.name", _("名称"), order="up"),
        Column("kind", "h.kind", _("渠道种类"), words=CHANNEL_KINDS,
               filters=one_of("kind", _("渠道种类"), CHANNEL_KINDS)),
        Column("institution", "i.name", _("归属机构")),
        Column("billers", _SQL["admitted"], _("准入收费单位"), "num"),
        Column("payment_fen_max", "b.payment_fen_max", _("单笔限额（元）"), "amount", sums=False),
        Column("day_fen_max", "b.day_fen_max", _("当日限额（元）"), "amount", sums=False),
        Column("taken_fen", "CASE WHEN b.day_fen_max > 0 THEN coalesce(u.taken_fen, 0) END", _("已用（元）"), "amount",
               sums=False),
        Column("used", "", _("已用"), value=used),
        Column("hours", "", _("服务时间"), value=hours),
        Column("state", _SQL["channel_state"], _("状态"), "badge", words=CHANNEL_STATES,
               filters=one_of("state", _("状态"), CHANNEL_STATES)),
    ),
    reads={"opens_at": "b.opens_at::text", "closes_at": "b.closes_at::text",
           "kind_opens_at": "b.kind_opens_at::text", "kind_closes_at": "b.kind_closes_at::text"},
)  # fmt: skip
