"""The lists of partners 合作方 and of outages 停机."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import ChannelKind
from yifen.face import words
from yifen.face.lists.asking import days, named, one_of
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.onboarding.pages.steps import next_word

_SQL = queries(__package__)
KINDS: words.Words = {"channel": (_("渠道"), "neutral"), "biller": (_("收费单位"), "neutral")}
CHANNEL_KINDS = words.of(ChannelKind.choices)
STATES: words.Words = {
    "live": (_("已上线"), "ok"),
    "arriving": (_("接入中"), "waiting"),
    "stopped": (_("已停用"), "bad"),
    "sandbox": (_("沙箱"), "accent"),
}
OUTAGE_STATES: words.Words = {
    "ahead": (_("未开始"), "waiting"),
    "on": (_("停机中"), "bad"),
    "over": (_("已结束"), "neutral"),
}


def partner_url(row: Row, access: Access) -> str:
    return reverse("partner", args=[row.code])


def dialects(row: Row, access: Access) -> str:
    """Which messages it may send; XML is signed by SHA-1."""
    known = (("JSON", row.json), (_("XML SHA-1 旧式"), row.xml))
    return " · ".join(str(name) for name, may in known if may) or "—"


PARTNERS = Listing(
    name="partners",
    title=pgettext_lazy("list", "合作方"),
    empty=_("没有符合条件的合作方"),
    permission="partners.view",
    export="partners.view",
    route="partners/",
    source=_SQL["partners"],
    scope=in_scope("p.id", sandboxes=True),
    key="p.id",
    opens=partner_url,
    actions=(ListAction(_("登记合作方"), "partner_new", "partners.edit", "plus", "primary"),),
    filters=named(_("代码或名称"), "p.code", "p.name", name="text"),
    columns=(
        Column("code", "p.code", _("代码"), "code", order="up"),
        Column("name", "p.name", _("名称"), order="up"),
        Column("kind", "CASE WHEN c.partner_id IS NULL THEN 'biller' ELSE 'channel' END", _("身份"),
               words=KINDS, filters=one_of("kind", _("身份"), KINDS)),
        Column("channel_kind", "c.kind", _("渠道种类"), words=CHANNEL_KINDS,
               filters=one_of("channel_kind", _("渠道种类"), CHANNEL_KINDS)),
        Column("dialects", "", _("报文"), "badge", value=dialects,
               tone=lambda r: "waiting" if r.xml else "neutral"),
        Column("institution", "i.name", _("归属机构")),
        Column("state", _SQL["state"], _("状态"), "badge", words=STATES,
               filters=one_of("state", _("状态"), STATES)),
        Column("next", "", _("下一步"), value=next_word, exported=False),
    ),
    reads={"partner_id": "p.id", "json": "p.json", "xml": "p.xml"},
)  # fmt: skip


def end_url(row: Row, access: Access) -> str:
    return reverse("outage_end", args=[row.outage_id]) if row.state != "over" else ""


OUTAGES = Listing(
    name="outages",
    title=_("停机窗口"),
    note=_("窗口内该收费单位的查询与缴费一律拒绝，并告知原因。"),
    empty=_("没有停机窗口"),
    empty_note=_("收费单位要停机时，在下面登记。"),
    permission="outages.edit",
    export="outages.edit",
    route="outages/",
    source=_SQL["outages"],
    scope=in_scope("o.biller_id"),
    key="o.id",
    filters=named(_("收费单位"), "p.code", "p.name"),
    columns=(
        Column("biller", "p.name", _("收费单位")),
        Column("starts_at", "o.starts_at", _("开始"), "time", order="down"),
        Column("day", "(o.starts_at AT TIME ZONE 'Asia/Shanghai')::date", _("日期"), "day", shown=False,
               exported=False, filters=days(_("日期 起"), clock=True)),
        Column("ends_at", "o.ends_at", _("结束"), "time", order="down"),
        Column("reason", "o.reason", _("原因")),
        Column("state", _SQL["outage_state"], _("状态"), "badge", words=OUTAGE_STATES,
               filters=one_of("state", _("状态"), OUTAGE_STATES)),
        Column("end", "", "", "post", value=lambda r, a: _("结束"), url=end_url, exported=False),
    ),
    reads={"outage_id": "o.id"},
)  # fmt: skip
