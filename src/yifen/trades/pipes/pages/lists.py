"""The lists of pipes and of what went through them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.asking import chosen, moments, named, one_of, search
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.pipes.finding import PING, event_kinds
from yifen.trades.pipes.models import Pipe, PipeKind

_SQL = queries(__package__)
PIPE_STATES: words.Words = {
    "on": (_("正常"), "ok"),
    "retrying": (_("重试中"), "waiting"),
    "failing": (_("失败逾一小时"), "bad"),
    "no_secret": (_("待生成密钥"), "waiting"),
    "shut": (_("合作方停用"), "neutral"),
    "off": (pgettext_lazy("pipe", "已停用"), "neutral"),
}
PIPE_KINDS: words.Words = {kind.value: (kind.label, "neutral") for kind in PipeKind}
DELIVERY_STATES: words.Words = {
    "waiting": (_("待送达"), "waiting"),
    "delivered": (_("已送达"), "ok"),
    "given_up": (_("已放弃"), "bad"),
}
TRY_RESULTS: words.Words = {
    "delivered": (_("已送达"), "ok"),
    "failed": (_("未送达"), "bad"),
    "refused": (_("被拒收"), "bad"),
    "gone": (_("对方不再接收"), "bad"),
}


def tabs(current: str) -> list[dict[str, Any]]:
    """Pipes, deliveries, the kinds of events."""
    names = (("pipes", now_("推送通道")), ("pipe_deliveries", now_("送达记录")),
             ("pipe_fetched", now_("取回的文件")), ("pipe_events", now_("事件目录")))  # fmt: skip
    return [{"title": title, "url": reverse(name), "current": name == current} for name, title in names]


def pipe_url(row: Row, access: Access) -> str:
    return reverse("pipe", args=[row.number])


def delivery_url(row: Row, access: Access) -> str:
    return reverse("pipe_delivery", args=[row.number])


def pipes_of(access: Access) -> list[tuple[int, str]]:
    """Those in scope."""
    rows = Pipe.objects.select_related("partner").order_by("partner__code", "pk")
    if access.scope.partners is not None:
        rows = rows.filter(partner__in=access.scope.partners)
    return [(row.pk, str(row)) for row in rows]


def kinds_of(access: Access) -> list[tuple[str, str]]:
    return [(name, name) for name in (*event_kinds(), PING.name)]


PIPES = Listing(
    name="pipes",
    title=_("推送通道"),
    note=_("事件发生后主动告知合作方；新建和修改地址、事件须两人，沙箱和接入中的一人即可。"),
    empty=_("还没有推送通道"),
    empty_note=_("为合作方新建一个，填入其接收地址和所需事件。"),
    permission="pipes.view",
    export="pipes.view",
    route="pipes/",
    tabs=tabs,
    source=_SQL["pipes"],
    scope=in_scope("d.partner_id", sandboxes=True),
    key="d.id",
    opens=pipe_url,
    actions=(ListAction(_("新建推送通道"), "pipe_new", "pipes.edit", "plus", "primary"),),
    filters=named(_("合作方或地址"), "p.code", "p.name", "d.address", name="text"),
    columns=(
        Column("code", "p.code", _("合作方"), "code", order="up"),
        Column("name", "p.name", _("名称")),
        Column("kind", "d.kind", _("方式"), "text", words=PIPE_KINDS, filters=one_of("kind", _("方式"), PIPE_KINDS)),
        Column("address", "d.address", _("地址")),
        Column("state", "s.state", _("状态"), "badge", words=PIPE_STATES,
               filters=one_of("state", _("状态"), PIPE_STATES)),
        Column("waiting", _SQL["waiting"], _("待送达"), "num"),
        Column("last_delivered", _SQL["last_delivered"], _("最近送达"), "time"),
        Column("failing_since", "f.since", _("最早未送达"), "time"),
    ),
    reads={"number": "d.id"},
)  # fmt: skip
DELIVERIES = Listing(
    name="pipe_deliveries",
    title=_("送达记录"),
    note=_("每个事件在每个通道各一条；次序不保证，接收方凭事件号去重。"),
    empty=_("还没有推送过事件"),
    permission="pipes.view",
    export="pipes.view",
    route="pipes/deliveries/",
    tabs=tabs,
    source=_SQL["deliveries"],
    scope=in_scope("i.partner_id", sandboxes=True),
    key="d.id",
    grows=True,
    opens=delivery_url,
    filters=(*search("text", _("事件号"), "e.uid = %(text)s"),
             *chosen("pipe", _("推送通道"), "d.pipe_id = %(pipe)s", pipes_of)),
    columns=(
        Column("made_at", "d.made_at", _("时间"), "time", filters=moments(_("时间 起"))),
        Column("code", "p.code", _("合作方"), "code"),
        Column("way", "i.kind", _("方式"), words=PIPE_KINDS),
        Column("kind", "e.kind", _("事件"), "code", filters=one_of("kind", _("事件"), kinds_of)),
        Column("uid", "e.uid", _("事件号"), "code", shown=False),  # too long to be read
        Column("state", "d.state", _("状态"), "badge", words=DELIVERY_STATES,
               filters=one_of("state", _("状态"), DELIVERY_STATES)),
        Column("tries", "d.tries", pgettext_lazy("pipe", "次数"), "num"),
        Column("due_at", "CASE WHEN d.state = 'waiting' THEN d.due_at END", _("下次推送"), "time"),
        Column("said", "d.said", _("最近应答")),
    ),
    reads={"number": "d.id", "ended_at": "d.ended_at"},
)  # fmt: skip
