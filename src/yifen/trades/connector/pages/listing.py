"""The list of utilities' databases."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.asking import one_of, search
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope

STATES: words.Words = {
    "on": (pgettext_lazy("source", "启用"), "ok"), "off": (pgettext_lazy("source", "停用"), "neutral"),
    "bare": (_("缺映射"), "waiting"),
}  # fmt: skip
STATE = "CASE WHEN NOT s.enabled THEN 'off' WHEN v.version IS NULL THEN 'bare' ELSE 'on' END"
STUCK = "w.since < %(now)s::timestamptz - interval '10 minutes'"


def source_url(row: Row, access: Access) -> str:
    return reverse("connector", args=[row.code])


SOURCES = Listing(
    name="connectors", title=_("数据库接口"), permission="connector.view", export="payments.export",
    route="connector/",
    note=_("只有自己数据库的收费单位：按映射文件读欠费、写缴费。地址和映射都由两人决定；写不进的留在待办，通了自动补写，每笔只写一次。"),
    empty=_("没有数据库接口"), source=queries(__package__)["sources"], scope=in_scope("s.partner_id"), key="s.code",
    key_kind="text", default="code", opens=source_url,
    actions=(ListAction(_("登记数据库"), "connector_new", "connector.edit", "plus", "primary"),),
    columns=(
        Column("code", "s.code", _("接口编号"), "code", order="up",
               filters=search("code", _("接口编号"), "s.code = %(code)s", wide=False)),
        Column("biller", "p.code || ' ' || p.name", _("收费单位")), Column("shown", "s.shown", _("数据库")),
        Column("version", "v.version", _("映射版本"), "num"),
        Column("state", STATE, _("状态"), "badge", words=STATES,
               filters=one_of("state", _("状态"), [*words.choices(STATES), ("stuck", _("久未写入"))],
                              {state: f"{{sql}} = '{state}'" for state in STATES} | {"stuck": STUCK})),
        Column("good_at", "k.good", _("最近成功"), "time"),
        Column("failures", "k.failures", _("一小时内失败"), "num"),
        Column("waiting", "w.number", _("待写入"), "num"), Column("waiting_fen", "w.fen", _("待写入（元）"), "amount"),
        Column("since", "w.since", _("最早一笔"), "time"),
    ),
)  # fmt: skip
