"""The list of reminders 缴费提醒: each with when it went out, or why not."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts.masking import masked_number
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.asking import billers, chosen, days, one_of
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.face.messages.carriers import NAMES
from yifen.trades.reminders.pages.wording import CHANNELS, KINDS, STATES, WHY

_SQL = queries(__package__)


def reminder_url(row: Row, access: Access) -> str:
    return reverse("reminder", args=[row.id])


def why(row: Row, access: Access) -> str:
    return str(WHY.get(row.why, row.why))


REMINDERS = Listing(
    name="reminders_sent",
    title=_("缴费提醒"),
    note=_("每户每笔账单每种提醒只发一次；未发的写明原因。不明的可能已送达，不再重发。"
           "一行是一项提醒，一条消息可含同一户号的几项；每人每天的上限按消息计。"),
    empty=_("还没有提醒"),
    empty_note=_("缴费人绑定户号后可以打开提醒。"),
    permission="reminders.view",
    export="reminders.view",
    route="reminders/",
    source=_SQL["reminders"],
    scope=in_scope("r.biller_id"),
    key="r.id",
    opens=reminder_url,
    actions=(ListAction(_("提醒数量"), "reminder_counts", "reminders.view", "chart-column"),),
    filters=chosen("biller", _("收费单位"), "r.biller_id = %(biller)s", billers),
    columns=(
        Column("id", "r.id", _("编号"), "code", order="down", by_kind="num", value=lambda r, a: str(r.id)),
        Column("found_at", "r.found_at", _("发现时间"), "time"),
        Column("day", "(r.found_at AT TIME ZONE 'Asia/Shanghai')::date", _("日期"), "day", shown=False, exported=False,
               filters=days(_("日期 起"), clock=True)),
        Column("biller", "p.name", _("收费单位")),
        # shown masked to everybody: who got a message is no matter of money
        Column("account_no", "r.account_no", _("户号"), "code", value=lambda r, a: masked_number(r.account_no)),
        Column("kind", "r.kind", _("提醒"), "badge", words=KINDS, filters=one_of("kind", _("提醒"), KINDS)),
        Column("channel", "r.channel", pgettext_lazy("reminder", "方式"), words=CHANNELS,
               filters=one_of("channel", pgettext_lazy("reminder", "方式"), CHANNELS)),
        Column("due_on", "r.due_on", _("到期日"), "day"),
        Column("state", "r.state", _("状态"), "badge", words=STATES, filters=one_of("state", _("状态"), STATES)),
        Column("why", "r.why", _("原因"), value=why),
        Column("carrier", "r.carrier", _("通道"),
               value=lambda r, a: told(NAMES[r.carrier]) if r.carrier in NAMES else r.carrier or None),
        Column("tries", "r.tries", _("尝试次数"), "num", shown=False),
        Column("done_at", "r.done_at", _("完成时间"), "time"),
    ),
)  # fmt: skip
