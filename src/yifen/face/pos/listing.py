"""The lists of the POS door: terminals, sales, batches, exceptions."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.asking import billers, chosen, days, moments, one_of, search
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_institutions, in_scope

TERMINAL_STATES: words.Words = {"in_use": (_("在用"), "ok"), "blacklisted": (_("黑名单"), "bad")}
SALE_STATES: words.Words = {
    "asked": (pgettext_lazy("pos", "已请求"), "waiting"),
    "booked": (pgettext_lazy("pos", "已入账"), "ok"), "declined": (pgettext_lazy("pos", "未成交"), "neutral"),
    "unknown": (pgettext_lazy("pos", "结果未知"), "waiting"), "reversed": (pgettext_lazy("pos", "已撤回"), "neutral"),
}  # fmt: skip
BATCH_STATES: words.Words = {
    "open": (pgettext_lazy("pos", "未结算"), "neutral"), "uploading": (pgettext_lazy("pos", "批上送中"), "waiting"),
    "closed": (pgettext_lazy("pos", "已结算"), "ok"),
}  # fmt: skip
KINDS: words.Words = {
    "money_stays": (_("款项未能退回"), "bad"), "acquirer_refused": (_("收单机构拒绝撤销"), "bad"),
    "totals_differ": (_("批结算总额不符"), "waiting"), "item_differs": (_("批上送明细不符"), "waiting"),
    "acquirer_differs": (_("收单文件不符"), "bad"),
}  # fmt: skip
WHOLE: words.Words = {"whole": (_("完整"), "ok"), "part": (_("不完整"), "waiting")}
CLOSED: words.Words = {"open": (_("待处理"), "waiting"), "closed": (pgettext_lazy("pos", "已处理"), "ok")}
_SQL = queries(__package__)
_BILLER = chosen("biller", _("收费单位"), "b.id = %(biller)s", billers)


def terminal_url(row: Row, access: Access) -> str:
    return reverse("pos_terminal", args=[row.terminal_no])


def exception_url(row: Row, access: Access) -> str:
    return reverse("pos_exception", args=[row.exception_id])


def _terminal(alias: str) -> Column:
    where = f"{alias}.terminal_no = %(terminal)s"
    return Column("terminal_no", f"{alias}.terminal_no", _("终端号"), "code",
                  filters=search("terminal", _("终端号"), where, wide=False))  # fmt: skip


TERMINALS = Listing(
    name="pos_terminals", title=_("POS 终端"), permission="pos.view", export="ledger.export", route="pos/terminals/",
    note=_("终端所收的款直接记到收费单位的应缴项上。登记、换密钥、列入黑名单都由两人决定。"), empty=_("没有 POS 终端"),
    source=_SQL["terminals"], scope=in_scope("t.biller_id"), key="t.terminal_no", key_kind="text",
    default="terminal_no", opens=terminal_url,
    actions=(ListAction(_("登记终端"), "pos_terminal_new", "pos.edit", "plus", ""),
             ListAction(_("收单机构"), "pos_acquirers", "pos.edit", "landmark", "")),
    filters=_BILLER,
    columns=(
        Column("terminal_no", "t.terminal_no", _("终端号"), "code", order="up",
               filters=search("terminal", _("终端号"), "t.terminal_no = %(terminal)s", wide=False)),
        Column("merchant_no", "t.merchant_no", _("商户号"), "code"),
        Column("merchant_name", "t.merchant_name", _("商户名称")),
        Column("biller", "b.name", _("收费单位")), Column("channel", "c.name", _("渠道")),
        Column("acquirer", "a.name", _("收单机构")),
        Column("state", "t.state", _("状态"), "badge", words=TERMINAL_STATES,
               filters=one_of("state", _("状态"), words.choices(TERMINAL_STATES),
                              {state: f"{{sql}} = '{state}'" for state in TERMINAL_STATES})),
        Column("batch_no", "o.batch_no", _("当前批次"), "num"),
    ),
)  # fmt: skip
SALES = Listing(
    name="pos_sales", title=_("POS 交易"), permission="pos.view", export="ledger.export", route="pos/sales/",
    note=_("卡和应缴项都入账才算成交；有一方没有答复的，系统自动撤回，不猜。"), empty=_("没有 POS 交易"),
    source=_SQL["sales"], scope=in_scope("s.biller_id"), key="s.sale_id", grows=True, default="made_at",
    filters=_BILLER,
    columns=(
        Column("made_at", "s.made_at", _("时间"), "time", order="down", filters=moments(_("时间 起"))),
        _terminal("s"), Column("batch_no", "s.batch_no", _("批次"), "num", sums=False),
        Column("trace", "s.trace", _("终端流水"), "num", sums=False), Column("biller", "b.name", _("收费单位")),
        Column("account_no", "s.account_no", _("户号"), "code",
               filters=search("account", _("户号"), "s.account_no = %(account)s", wide=False)),
        Column("card_shown", "s.card_shown", _("卡号"), "code"),
        Column("amount_fen", "s.amount_fen", _("金额（元）"), "amount", order="down"),
        Column("state", "s.state", _("状态"), "badge", words=SALE_STATES,
               filters=one_of("state", _("状态"), words.choices(SALE_STATES),
                              {state: f"{{sql}} = '{state}'" for state in SALE_STATES})),
        Column("acquirer_ref", "s.acquirer_ref", _("检索参考号"), "code"),
        Column("serial", "s.serial", _("流水号"), "code", shown=False),
    ),
)  # fmt: skip
BATCHES = Listing(
    name="pos_batches", title=_("POS 批次"), permission="pos.view", export="ledger.export", route="pos/batches/",
    note=_("结算时双方总额一致即平账；不一致的由终端上送明细，逐笔比对。"), empty=_("没有 POS 批次"),
    source=_SQL["batches"], scope=in_scope("t.biller_id"), key="k.terminal_no || lpad(k.batch_no::text, 6, '0')",
    key_kind="text", default="opened_at", filters=_BILLER,
    actions=(ListAction(_("收单文件"), "pos_files", "pos.files", "file-check", ""),),
    columns=(
        Column("opened_at", "k.opened_at", _("开始"), "time", order="down", filters=moments(_("开始 起"))),
        _terminal("k"), Column("batch_no", "k.batch_no", _("批次"), "num", sums=False),
        Column("biller", "b.name", _("收费单位")),
        Column("state", "k.state", _("状态"), "badge", words=BATCH_STATES,
               filters=one_of("state", _("状态"), words.choices(BATCH_STATES),
                              {state: f"{{sql}} = '{state}'" for state in BATCH_STATES})),
        Column("debit_count", "k.debit_count", _("消费笔数"), "num"),
        Column("debit_fen", "k.debit_fen", _("消费金额（元）"), "amount"),
        Column("credit_count", "k.credit_count", _("退回笔数"), "num"),
        Column("credit_fen", "k.credit_fen", _("退回金额（元）"), "amount"),
        Column("their_debit_fen", "k.their_debit_fen", _("终端消费金额（元）"), "amount"),
        Column("their_credit_fen", "k.their_credit_fen", _("终端退回金额（元）"), "amount"),
        Column("acquirer_fen", "y.fen", _("收单净额（元）"), "amount"),
        Column("closed_at", "k.closed_at", _("结算时间"), "time"),
    ),
)  # fmt: skip
EXCEPTIONS = Listing(
    name="pos_exceptions", title=_("POS 差错"), permission="pos.view", export="ledger.export", route="pos/exceptions/",
    note=_("系统不能自行了结的：款项不能退回、收单机构拒绝撤销、总额或明细不符。处理后由另一人复核。"),
    empty=_("没有 POS 差错"), source=_SQL["exceptions"], scope=in_scope("t.biller_id"), key="e.exception_id",
    grows=True, default="made_at",
    opens=exception_url, filters=_BILLER,
    columns=(
        Column("made_at", "e.made_at", _("时间"), "time", order="down", filters=moments(_("时间 起"))),
        Column("exception_id", "e.exception_id", _("编号"), "num", sums=False),
        Column("kind", "e.kind", _("差错"), "badge", words=KINDS),
        _terminal("e"), Column("batch_no", "e.batch_no", _("批次"), "num", sums=False),
        Column("trace", "e.trace", _("终端流水"), "num", sums=False), Column("biller", "b.name", _("收费单位")),
        Column("ours_fen", "e.ours_fen", _("本方金额（元）"), "amount"),
        Column("their_fen", "e.their_fen", _("对方金额（元）"), "amount"),
        Column("state", "CASE WHEN e.closed_at IS NULL THEN 'open' ELSE 'closed' END", _("状态"), "badge", words=CLOSED,
               filters=one_of("state", _("状态"), words.choices(CLOSED),
                              {"open": "e.closed_at IS NULL", "closed": "e.closed_at IS NOT NULL"})),
    ),
)  # fmt: skip
FILES = Listing(
    name="pos_files", title=_("POS 收单文件"), permission="pos.files", export="ledger.export", route="pos/files/",
    note=_("收单机构的对账文件与本方按终端、批次、流水逐笔比对，不符的列入差错；不完整的文件中没有的，不作缺少论。"),
    empty=_("没有收单文件"), source=_SQL["files"], scope=in_institutions("a.institution_id"), key="f.file_id",
    grows=True, default="taken_at",
    columns=(
        Column("taken_at", "f.taken_at", _("收到时间"), "time", order="down"),
        Column("day", "f.day", _("清算日期"), "day", order="down", filters=days(_("清算日期 起"))),
        Column("acquirer", "a.name", _("收单机构")), Column("number", "f.number", _("序号"), "num", sums=False),
        Column("name", "f.name", _("文件名"), "code"),
        Column("whole", "CASE WHEN f.is_whole THEN 'whole' ELSE 'part' END", _("完整"), "badge", words=WHOLE,
               filters=one_of("whole", _("完整"), words.choices(WHOLE),
                              {"whole": "f.is_whole", "part": "NOT f.is_whole"})),
        Column("row_count", "f.row_count", _("笔数"), "num"),
        Column("other_count", "o.n", _("其他终端笔数"), "num"),
        Column("debit_fen", "f.debit_fen", _("消费金额（元）"), "amount"),
        Column("credit_fen", "f.credit_fen", _("退回金额（元）"), "amount"),
        Column("differences", "d.n", _("不符笔数"), "num"),
    ),
)  # fmt: skip
