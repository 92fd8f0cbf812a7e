"""The list of electronic invoices 数电票, what of it waits for whom, and what a search finds."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.asking import Filter, billers, chosen, moments, one_of
from yifen.face.lists.filters import AccountsField
from yifen.face.lists.listing import Column, ListAction, Listing, Row
from yifen.face.lists.selecting import in_institutions
from yifen.face.search.asked import Question
from yifen.face.search.hits import Hit, Sought, of_lists
from yifen.face.today import waiting
from yifen.face.today.waiting import LATE, TODAY, ListedWork, WaitingWork

KINDS: words.Words = {
    "blue": (_("蓝票"), "accent"), "sheet": (_("红字确认单"), "waiting"), "red": (_("红票"), "bad"),
}  # fmt: skip
STATES: words.Words = {
    "waiting": (_("待蓝票结果"), "waiting"), "asked": (_("待发送"), "waiting"), "issuing": (_("开具中"), "waiting"),
    "signing": (_("签章中"), "waiting"), "confirming": (_("待对方确认"), "waiting"),
    "unknown": (pgettext_lazy("invoice", "结果未知"), "waiting"), "done": (pgettext_lazy("invoice", "已完成"), "ok"),
    "failed": (pgettext_lazy("invoice", "失败"), "bad"), "replaced": (_("已重开"), "neutral"),
    "dropped": (pgettext_lazy("invoice", "已放弃"), "neutral"),
}  # fmt: skip
RETURNED = "returned"  # the reason of what ended because its payment went back
_SQL = queries(__package__)
MORE = [("open", _("尚未了结")), ("stuck", _("不再轮询"))]
WHERE = ({state: f"{{sql}} = '{state}'" for state in STATES}
         | {"open": _SQL["open_orders"], "stuck": _SQL["stuck_orders"]})  # fmt: skip


def said(reason: str) -> str:
    """Why, in the platform's words or ours."""
    return gettext("款已退回") if reason == RETURNED else reason


def electronic_url(row: Row, access: Access) -> str:
    return reverse("invoice_electronic", args=[row.order_no])


ELECTRONICS = Listing(
    name="invoice_electronics",
    title=_("数电票"),
    note=_("每一张先记下再请平台开具；没有答复的由系统按订单号查询，不重开。退款后由系统申请红字确认单，再开红票。"),
    empty=_("没有这样的数电票"),
    route="invoices/electronic/",
    permission="invoices.view",
    export="invoices.view",
    grows=True,
    source=_SQL["electronics"],
    scope=in_institutions("e.institution_id"),
    key="e.order_no",
    key_kind="text",
    default="asked_at",
    opens=electronic_url,
    actions=(ListAction(_("与平台核对"), "invoice_day", "invoices.electronic", "scale", ""),
             ListAction(_("数电票平台"), "invoice_issuers", "invoices.issuer", "server", "")),
    filters=(Filter("text", AccountsField(_("发票号码、订单号或缴费号")), _SQL["of_electronic_number"]),
             *chosen("biller", _("收费单位"), "e.biller_id = %(biller)s", billers)),
    columns=(
        Column("asked_at", "e.asked_at", _("申请时间"), "time", order="down", filters=moments(_("申请日期 起"))),
        Column("kind", "e.kind", _("种类"), "badge", words=KINDS, filters=one_of("kind", _("种类"), KINDS)),
        Column("state", "e.state", _("状态"), "badge", words=STATES,
               filters=one_of("state", _("状态"), [*words.choices(STATES), *MORE], WHERE)),
        Column("number", "coalesce(e.number, e.sheet_no)", _("发票号码"), "code"),
        Column("amount_fen", "e.total_fen", _("价税合计（元）"), "amount"),
        Column("tax_fen", "e.tax_fen", _("其中税额（元）"), "amount"),
        Column("buyer", "e.buyer_shown", _("购方")),
        Column("reason", "e.reason", _("说明"), value=lambda row, access: said(row.reason)),
        Column("payment_id", "e.payment_id", _("缴费号"), "code", value=lambda row, access: str(row.payment_id)),
        Column("seller", "p.code || ' ' || p.name", _("收费单位")),
        Column("outlet", "i.name", _("网点")),
        Column("order_no", "e.order_no", _("订单号"), "code"),
        Column("issued_at", "e.issued_at", _("开具时间"), "time", shown=False),
    ),
)  # fmt: skip

FAILED = ListedWork(Text("数电票开具失败", "Electronic invoices that failed"), ELECTRONICS, "state=failed", LATE,
                    "asked_at", permission="invoices.electronic")  # fmt: skip
STUCK = ListedWork(Text("数电票久无结果", "Electronic invoices without a word"), ELECTRONICS, "state=stuck", TODAY,
                   "asked_at", permission="invoices.electronic")  # fmt: skip
INVOICE = Text("数电票", "Electronic invoice")
_TOLD = ("order_no", "kind", "state", "outlet", "asked_at")
SOUGHT = (
    Sought(INVOICE, ELECTRONICS, "e.number = %(plain)s", "text", "number", _TOLD, exact=True),
    Sought(INVOICE, ELECTRONICS, "e.order_no = upper(%(text)s)", "text", "order_no", _TOLD, exact=True),
    Sought(INVOICE, ELECTRONICS, "e.payment_id = %(number)s", "number", "order_no", _TOLD),
)


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the institutions in scope."""
    return waiting.of_lists(access, now, FAILED, STUCK)


def found(access: Access, asked: Question, now: datetime) -> list[Hit]:
    """Of the outlets of who asks."""
    return of_lists(access, asked, *SOUGHT)
