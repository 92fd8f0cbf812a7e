"""The lists of the treasury: vouchers, returns, clearing, differences. Each sees what is at his posts and below."""

from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face import scope as scopes
from yifen.face.lists.asking import moments, named, one_of
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.treasury.pages.telling import coded
from yifen.trades.treasury.pages.words import (
    CLEARING_KINDS,
    CLEARING_STATES,
    DIFFERENCES,
    PAPER_STATES,
    QUOTA_KINDS,
    QUOTA_STATES,
    RETURN_STATES,
    VOUCHER_STATES,
)

_SQL = queries(__package__)
_SEEN = "{}.unit_id IN (SELECT budget_sees_v1(%(user_id)s))"
_OURS = f"{in_scope('v.bureau_id')} AND {_SEEN.format('v')}"
_LATE = _SQL["late_now"]
_BUREAUS = _SQL["bureaus_of"].format(scope=in_scope("b.bureau_id"))


def bureaus(access: Access) -> list[tuple[int, str]]:
    """Those in scope."""
    with connection.cursor() as cursor:
        cursor.execute(_BUREAUS, scopes.params(access.scope))
        return list(cursor.fetchall())


def voucher_url(row: Row, access: Access) -> str:
    return reverse("treasury_voucher", args=[row.voucher_id])


def return_url(row: Row, access: Access) -> str:
    return reverse("treasury_return", args=[row.return_id])


def claim_url(row: Row, access: Access) -> str:
    return reverse("treasury_claim", args=[row.clearing_id])


def quota_url(row: Row, access: Access) -> str:
    return reverse("treasury_quota", args=[row.row_id])


def why_of(row: Any, access: Access) -> str:
    """The code of why it does not fit, in words."""
    return coded(row.code)


def difference_url(row: Row, access: Access) -> str:
    return reverse("treasury_voucher", args=[row.voucher_id]) if row.voucher_id else ""


def number_of(row: Any, access: Access) -> str:
    return str(row.return_id)


VOUCHERS = Listing(
    name="treasury_vouchers", title=_("支付凭证"), permission="treasury.view", export="treasury.view",
    route="treasury/vouchers/", note=_("一张凭证：同一单位、同一账户、同一指标；一人制作，另一人复核，再发银行。"),
    empty=_("没有支付凭证"), source=_SQL["vouchers"], scope=_OURS,
    key="v.voucher_id", default="voucher_no", opens=voucher_url, reads={"voucher_id": "v.voucher_id"},
    filters=named(_("凭证号、单位"), "v.voucher_no", "u.name"),
    actions=(ListAction(_("待还款"), "treasury_due", "treasury.make", "plus", "primary"),
             ListAction(_("国库支付规则"), "treasury_rule_new", "treasury.rules", "settings")),
    columns=(
        Column("voucher_no", "v.voucher_no", _("凭证号"), "code", order="down"),
        Column("unit", "u.name", _("单位")),
        Column("amount_fen", "v.amount_fen", _("金额（元）"), "amount", order="down"),
        Column("paid_fen", "v.paid_fen", _("已还款（元）"), "amount"),
        Column("lines", "v.lines", _("笔数"), "num"),
        Column("pay_on", "v.pay_on", _("支付日"), "day"),
        Column("state", "v.state", _("状态"), "badge", words=VOUCHER_STATES,
               filters=one_of("state", _("状态"), VOUCHER_STATES)),
        Column("made_by", "v.made_by", _("经办人")),
        Column("made_at", "v.made_at", _("制作时间"), "time", filters=moments(_("制作日期 起"))),
    ),
)  # fmt: skip
RETURNS = Listing(
    name="treasury_returns", title=_("退票"), permission="treasury.view", export="treasury.view",
    route="treasury/returns/", note=_("清算前后同一流程：一人提出，另一人复核；只有当年退回才恢复额度。"),
    empty=_("没有退票"), source=_SQL["returns"], scope=_OURS,
    key="t.return_id", default="return_id", opens=return_url,
    filters=named(_("凭证号、持卡人"), "v.voucher_no", "p.name"),
    columns=(
        Column("return_id", "t.return_id", _("编号"), "code", order="down", by_kind="num", value=number_of),
        Column("voucher_no", "v.voucher_no", _("凭证号"), "code"),
        Column("unit", "u.name", _("单位")),
        Column("holder", "p.name", _("持卡人")),
        Column("tail", "'…' || k.tail", _("卡"), "code"),
        Column("amount_fen", "t.amount_fen", _("金额（元）"), "amount", order="down"),
        Column("reason", "t.reason", _("原因")),
        Column("state", "t.state", _("状态"), "badge", words=RETURN_STATES,
               filters=one_of("state", _("状态"), RETURN_STATES)),
        Column("made_at", "t.made_at", _("时间"), "time", filters=moments(_("日期 起"))),
    ),
)  # fmt: skip
CLEARINGS = Listing(
    name="treasury_clearings", title=_("国库清算"), permission="treasury.clear", export="treasury.clear",
    route="treasury/clearing/", note=_("代理银行按日申请划款、退款：与还款、退票逐凭证核对，全部相符才入账。"),
    empty=_("没有清算单"), source=_SQL["clearings"], scope=in_scope("c.bureau_id"), key="c.clearing_id",
    default="on_day", opens=claim_url,
    reads={"clearing_id": "c.clearing_id"},
    columns=(
        Column("on_day", "c.on_day", _("日期"), "day", order="down"),
        Column("number", "c.number", _("单号"), "code"),
        Column("kind", "c.kind", _("种类"), "badge", words=CLEARING_KINDS,
               filters=one_of("kind", _("种类"), CLEARING_KINDS)),
        Column("bank", "p.name", _("代理银行")),
        Column("amount_fen", "c.amount_fen", _("金额（元）"), "amount", order="down"),
        Column("state", "c.state", _("状态"), "badge", words=CLEARING_STATES,
               filters=one_of("state", _("状态"), CLEARING_STATES)),
        Column("code", "c.code", _("说明"), by_kind="num", value=why_of),
        Column("at", "c.at", _("收到时间"), "time", filters=moments(_("收到日期 起"))),
    ),
)  # fmt: skip
LATE_LINES = Listing(
    name="treasury_late", title=_("逾期未回单"), permission="treasury.view", export="treasury.view",
    route="treasury/late/", note=_("逾退回期限（工作日）仍未回单的还款：只能再查询，银行回单前不会重付。"),
    empty=_("没有逾期未回单的还款"), source=_SQL["late"],
    scope=f"{_OURS} {_LATE}", key="v.row_key",
    default="back_on", opens=voucher_url, reads={"voucher_id": "v.voucher_id"},
    filters=named(_("凭证号、持卡人"), "v.voucher_no", "p.name"),
    columns=(
        Column("back_on", "v.back_on", _("应退回日"), "day", order="up"),
        Column("voucher_no", "v.voucher_no", _("凭证号"), "code"),
        Column("line_no", "v.line_no", _("行号"), "num"),
        Column("unit", "u.name", _("单位")),
        Column("holder", "p.name", _("持卡人")),
        Column("tail", "'…' || k.tail", _("卡"), "code"),
        Column("amount_fen", "v.amount_fen", _("金额（元）"), "amount"),
        Column("sent_on", "v.sent_on", _("发出日"), "day"),
        Column("reason", "v.reason", _("说明")),
    ),
)  # fmt: skip
QUOTAS = Listing(
    name="treasury_quotas", title=_("额度通知"), permission="treasury.clear", export="treasury.clear",
    route="treasury/quotas/", note=_("逐笔对到指标：规则许可的直接到账，其余由两人到账或了结；不符的写明原因。"),
    empty=_("没有额度通知"), source=_SQL["quotas"], scope=in_scope("q.bureau_id"), key="r.row_id",
    default="on_day", opens=quota_url, reads={"row_id": "r.row_id"},
    filters=named(_("通知书号、单位编码"), "q.number", "r.unit_code"),
    columns=(
        Column("on_day", "q.on_day", _("日期"), "day", order="down"),
        Column("number", "q.number", _("通知书号"), "code"),
        Column("kind", "q.kind", _("种类"), "badge", words=QUOTA_KINDS,
               filters=one_of("kind", _("种类"), QUOTA_KINDS)),
        Column("unit_code", "r.unit_code", _("单位编码"), "code"),
        Column("func_code", "r.func_code", _("功能分类"), "code"),
        Column("amount_fen", "r.amount_fen", _("金额（元）"), "amount", order="down"),
        Column("indicator", "i.number", pgettext_lazy("voucher", "指标"), "code"),
        Column("state", "r.state", _("状态"), "badge", words=QUOTA_STATES,
               filters=one_of("state", _("状态"), QUOTA_STATES)),
        Column("code", "r.code", _("说明"), by_kind="num", value=why_of),
    ),
)  # fmt: skip
REFUSED_PAPERS = Listing(
    name="treasury_refused", title=_("未收报文"), permission="treasury.clear", export="treasury.clear",
    route="treasury/refused/", note=_("银行、国库发来而未能入账的报文和回单：原样留存，写明原因，请对方更正后重发。"),
    empty=_("没有未收报文"), source=_SQL["refused"], scope=in_scope("c.bureau_id"), key="c.refused_id", default="at",
    reads={"refused_id": "c.refused_id"}, filters=named(_("单号"), "c.number"),
    columns=(
        Column("at", "c.at", _("收到时间"), "time", order="down", filters=moments(_("收到日期 起"))),
        Column("house", "p.name", _("银行、国库")),
        Column("kind", "c.kind", _("种类"), "code"),
        Column("number", "c.number", _("单号"), "code"),
        Column("code", "c.code", _("说明"), by_kind="num", value=why_of),
        Column("why", "c.why", pgettext_lazy("paper", "位置")),
        Column("state", "c.state", _("状态"), "badge", words=PAPER_STATES,
               filters=one_of("state", _("状态"), PAPER_STATES)),
    ),
)  # fmt: skip
DIFFERENCES_LIST = Listing(
    name="treasury_differences", title=_("清算差异"), permission="treasury.clear", export="treasury.clear",
    route="treasury/differences/", note=_("代理银行、国库与本系统各说各的，逐笔列出；缺包的对账单不能证明没有。"
           "请对方补报或更正，对上后不再列出。"),
    opens=difference_url, reads={"voucher_id": "d.voucher_id"},
    empty=_("没有差异"), source=_SQL["differences"], scope=in_scope("d.bureau_id"), key="d.place", default="on_day",
    columns=(
        Column("on_day", "d.on_day", _("日期"), "day", order="down"),
        Column("what", "d.what", pgettext_lazy("clearing", "差异"), "badge", words=DIFFERENCES,
               filters=one_of("what", pgettext_lazy("clearing", "差异"), DIFFERENCES)),
        Column("about", "d.about", _("单号、凭证"), "code"),
        Column("ours_fen", "d.ours_fen", _("本系统（元）"), "amount", sums=False),
        Column("theirs_fen", "d.theirs_fen", _("对方（元）"), "amount", sums=False),
    ),
)  # fmt: skip
