"""The lists of the TCP dialect: lines, notices."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.asking import moments, search
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.hub.payments.traffic_queries import FAILED

STATES: words.Words = {"on": (pgettext_lazy("line", "启用"), "ok"), "off": (pgettext_lazy("line", "停用"), "neutral")}
KINDS: words.Words = {"file": (_("对账文件已备好"), "ok"), "outage": (_("停机"), "waiting")}
_SQL = queries(__package__)


def line_url(row: Row, access: Access) -> str:
    return reverse("tcp_line", args=[row.partner_id])


LINES = Listing(
    name="tcp_lines", title=_("TCP 专线"), permission="tcp.view", export="ledger.export", route="tcp/lines/",
    note=_("按六位长度加 XML 加 MAC 的报文直接相连的银行和收费单位；登记、换主密钥、停用都由两人决定。"),
    empty=_("没有 TCP 专线"),
    source=_SQL["lines"].format(failed=", ".join(str(int(code)) for code in FAILED)),
    scope=in_scope("l.partner_id"), key="l.partner_id", default="code", opens=line_url,
    actions=(ListAction(_("登记专线"), "tcp_line_new", "tcp.edit", "plus", ""),
             ListAction(_("专线通知"), "tcp_notices", "tcp.view", "bell", "")),
    columns=(
        Column("code", "p.code", _("代码"), "code", order="up",
               filters=search("code", _("代码"), "p.code = %(code)s", wide=False)),
        Column("name", "p.name", _("合作方")), Column("inst_id", "l.inst_id", _("机构号"), "code"),
        Column("algorithm", "l.algorithm", _("MAC 算法"), "code"),
        Column("unit", "CASE WHEN l.is_yuan THEN '元' ELSE '分' END", _("金额单位")),
        Column("state", "CASE WHEN l.enabled THEN 'on' ELSE 'off' END", _("状态"), "badge", words=STATES),
        Column("heard_at", "h.at", _("最近往来（一日内）"), "time"),
        Column("calls", "h.calls", _("今日往来笔数"), "num"), Column("failed", "h.failed", _("今日未能处理"), "num"),
        Column("told_at", "n.at", _("最近通知"), "time"),
        Column("partner_id", "l.partner_id", _("编号"), "num", shown=False),
    ),
)  # fmt: skip
NOTICES = Listing(
    name="tcp_notices", title=_("专线通知"), permission="tcp.view", export="ledger.export", route="tcp/notices/",
    note=_("合作方经专线告知的：对账文件已备好；收费单位自行告知的停机，告知时即生效。"), empty=_("没有专线通知"),
    source=_SQL["notices"], scope=in_scope("n.partner_id"), key="n.notice_id", grows=True, default="at",
    columns=(
        Column("at", "n.at", _("时间"), "time", order="down", filters=moments(_("时间 起"))),
        Column("name", "p.name", _("合作方")), Column("kind", "n.kind", _("种类"), "badge", words=KINDS),
        Column("said", "n.said", _("内容"), "code"),
    ),
)  # fmt: skip
