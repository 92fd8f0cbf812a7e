"""Lists of batch debit: batches with their progress, items, files that were refused as a whole."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face import words
from yifen.face.lists.asking import billers, chosen, moments, one_of, search
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.debits.deciding import LATE
from yifen.trades.debits.layouts import LAYOUTS
from yifen.trades.debits.pages.words import BATCHES as BATCH_STATES
from yifen.trades.debits.pages.words import ITEMS as ITEM_STATES
from yifen.trades.debits.pages.words import SOURCES

_SQL = queries("yifen.trades.debits.pages")
MISSED = ("b.state IN ('waiting', 'running')"
          " AND coalesce(b.started_at, b.let_go_at) < %(now)s::timestamptz - interval '24 hours'")  # fmt: skip
UNFETCHED = "b.state = 'done' AND b.source <> 'bills' AND b.fetched_at IS NULL"
UNSENT = ("NOT EXISTS (SELECT FROM debit_batch b WHERE b.biller_id = r.biller_id AND b.source = 'file'"
          " AND b.received_at > r.at)")  # fmt: skip
STUCK = ("i.state IN ('asked', 'posted', 'back') AND i.changed_at < %(now)s::timestamptz - interval '15 minutes'")


def batch_url(row: Row, access: Access) -> str:
    return reverse("debit_batch", args=[row.batch_id])


def why(row: Row, access: Access) -> str:
    """A refusal's number and words."""
    if not row.code:
        return ""
    code = result_code(row.code)
    return f"{code:04d} {told(Text(code.meaning.zh, code.meaning.en))}"


def layout_said(row: Row, access: Access) -> str:
    return told(LAYOUTS[row.layout].title)


def late_said(row: Row, access: Access) -> str:
    return told(LATE[row.late])


BATCHES = Listing(
    name="debit_batches", title=_("批量代扣"), permission="debits.view", export="payments.export",
    note=_("收费单位的批扣文件或账期账单，按代扣签约从付款账户扣款；扣款先记核心，后销账，不垫款。"),
    empty=_("没有批次"),
    route="debits/", source=_SQL["batches"], scope=in_scope("b.biller_id"), key="b.batch_id", default="received_at",
    reads={"batch_id": "b.batch_id"}, opens=batch_url,
    actions=(ListAction(_("交批扣文件"), "debit_upload", "debits.run", "file-up", "primary"),
             ListAction(_("按账单生成"), "debit_build", "debits.run", "plus"),
             ListAction(_("整份拒收的文件"), "debit_refusals", "debits.view", "file-x"),
             ListAction(_("扣款顺序"), "debit_order", "debits.view", "list-ordered"),
             ListAction(_("批扣约定"), "debit_rules", "debits.view", "settings")),
    filters=chosen("biller", _("收费单位"), "b.biller_id = %(biller)s", billers),
    columns=(
        Column("received_at", "b.received_at", _("收到时间"), "time", order="down", filters=moments(_("收到日期 起"))),
        Column("serial", "b.serial", _("批次号"), "code",
               filters=search("serial", _("批次号"), "b.serial = %(serial)s", wide=False)),
        Column("biller", "p.code || ' ' || p.name", _("收费单位")),
        Column("name", "b.name", _("文件名")),
        Column("source", "b.source", _("来源"), "badge", words=SOURCES, filters=one_of("source", _("来源"), SOURCES)),
        Column("rows", "b.rows", _("笔数"), "num"),
        Column("amount_fen", "b.amount_fen", _("金额（元）"), "amount", sums=False),
        Column("state", "b.state", _("状态"), "badge", words=BATCH_STATES, filters=one_of(
            "state", _("状态"),
            [*words.choices(BATCH_STATES), ("missed", _("窗口已过一日未扣完")), ("unfetched", _("结果未取"))],
            {state: f"{{sql}} = '{state}'" for state in BATCH_STATES} | {"missed": MISSED, "unfetched": UNFETCHED})),
        Column("received_by", "b.received_by", _("经办人")),
        Column("done_at", "b.done_at", _("结束时间"), "time", shown=False),
    ),
)  # fmt: skip
ITEMS = Listing(
    name="debit_items", title=_("批扣明细"), permission="debits.view", export="payments.export",
    note=_("每笔的状态和未扣原因；流水号同时是核心流水号和缴费流水号。"), empty=_("没有明细"),
    route="debits/items/", source=_SQL["items"], scope=in_scope("b.biller_id"), key="i.serial", key_kind="text",
    default="serial",
    filters=chosen("biller", _("收费单位"), "b.biller_id = %(biller)s", billers),
    columns=(
        Column("serial", "i.serial", _("流水号"), "code", order="down",
               filters=search("batch", _("批次号"), "b.serial = %(batch)s", wide=False)),
        Column("place", "i.place", _("文件行"), "num"),
        Column("biller", "p.code || ' ' || p.name", _("收费单位")),
        Column("customer", "i.customer", _("户号"), "account",
               filters=search("customer", _("户号"), "i.customer = %(customer)s", wide=False)),
        Column("account", "a.account_shown", _("扣款账号")),
        Column("due_on", "i.due_on", _("到期日"), "day"),
        Column("amount_fen", "i.amount_fen", _("金额（元）"), "amount", sums=False),
        Column("booked_fen", "CASE i.state WHEN 'booked' THEN i.amount_fen ELSE 0 END", _("已扣（元）"), "amount"),
        Column("state", "i.state", _("状态"), "badge", words=ITEM_STATES, filters=one_of(
            "state", _("状态"), [*words.choices(ITEM_STATES), ("stuck", _("久无结果"))],
            {state: f"{{sql}} = '{state}'" for state in ITEM_STATES} | {"stuck": STUCK})),
        Column("code", "i.code", _("原因"), value=why),
        Column("again_of", "i.again_of", _("再扣的原流水号"), "code"),
        Column("core_serial", "m.core_serial", _("核心流水号"), "code", shown=False),
        Column("changed_at", "i.changed_at", _("状态时间"), "time", shown=False),
    ),
)  # fmt: skip
REFUSALS = Listing(
    name="debit_refusals", title=_("整份拒收的文件"), permission="debits.view", export="payments.export",
    note=_("总数、校验码或格式不对的文件整份不收，一笔不扣；请收费单位改正后重新送来。"), empty=_("没有拒收的文件"),
    route="debits/refused/", source=_SQL["refusals"], scope=in_scope("r.biller_id"), key="r.refusal_id", default="at",
    filters=chosen("biller", _("收费单位"), "r.biller_id = %(biller)s", billers),
    columns=(
        Column("at", "r.at", pgettext_lazy("debit", "时间"), "time", order="down", filters=moments(_("收到日期 起"))),
        Column("biller", "p.code || ' ' || p.name", _("收费单位")),
        Column("name", "r.name", _("文件名")),
        Column("code", "r.code", _("原因"), value=why, filters=one_of(
            "sent", _("重送"), [("waits", _("待收费单位重送"))], {"waits": UNSENT})),
        Column("detail", "r.detail", _("哪里")),
        Column("by", "r.by", _("经办人")),
    ),
)  # fmt: skip
RULES = Listing(
    name="debit_rules", title=_("批扣约定"), permission="debits.view", export="payments.export",
    note=_("每个收费单位的批扣文件是什么格式、什么时候扣、违约金怎么算；没有约定的收费单位不收批扣文件。"),
    empty=_("还没有约定"),
    route="debits/rules/", source=_SQL["rules"], scope=in_scope("r.biller_id"), key="r.rule_id", default="from_on",
    actions=(ListAction(_("新约定"), "debit_rule", "debits.rule", "plus", "primary"),),
    filters=chosen("biller", _("收费单位"), "r.biller_id = %(biller)s", billers),
    columns=(
        Column("from_on", "r.from_on", _("生效日"), "day", order="down"),
        Column("biller", "p.code || ' ' || p.name", _("收费单位")),
        Column("layout", "r.layout", _("文件格式"), value=layout_said),
        Column("opens_at", "to_char(r.opens_at, 'HH24:MI')", _("扣款窗口 起")),
        Column("closes_at", "to_char(r.closes_at, 'HH24:MI')", _("扣款窗口 止")),
        Column("late", "r.late", _("违约金"), value=late_said),
        Column("again_most", "r.again_most", _("失败可再扣次数"), "num"),
    ),
)  # fmt: skip
