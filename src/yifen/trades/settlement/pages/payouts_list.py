"""The list of payouts 划付: money sent on to billers."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.face.lists.asking import billers, chosen, days, one_of
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.settlement.pages.words import PAYOUT_STATES, payout_tabs

_SQL = queries(__package__)
DUE = [("stuck", _("逾期或结果未知")), ("today", _("今日应划付")), ("ahead", _("未到划付日")),
       ("returned", _("退汇未再付"))]  # fmt: skip


def payout_url(row: Row, access: Access) -> str:
    return reverse("payout", args=[row.number])


PAYOUTS = Listing(
    name="payouts",
    title=_("划付"),
    empty=_("没有划付"),
    empty_note=_("结算后按协议的 T+N 工作日划付到收款账户。"),
    permission="settlement.view",
    export="payments.export",
    handy=True,
    route="payouts/",
    source=_SQL["payouts"],
    scope=in_scope("y.biller_id"),
    key="-y.document_id",
    find="y.document_id = -%(one)s",
    opens=payout_url,
    tabs=payout_tabs,
    filters=chosen("biller", _("收费单位"), "y.biller_id = %(biller)s", billers),
    columns=(
        Column("reference", "y.reference", _("端到端参考号"), "code"),
        Column("biller", "p.code || ' ' || p.name", _("收费单位")),
        Column("bank", "b.code", _("银行"), "code"),
        Column("due_on", "y.due_on", _("划付日"), "day", order="down", filters=(
            *days(_("会计日期 起")),
            *one_of("due", _("进展"), DUE,
                    {"stuck": _SQL["due_stuck"], "today": _SQL["due_today"], "ahead": _SQL["due_ahead"],
                     "returned": _SQL["due_returned"]}))),
        Column("amount_fen", "y.amount_fen", _("金额（元）"), "amount", order="down"),
        Column("state", "y.state::text", _("状态"), "badge", words=PAYOUT_STATES,
               filters=one_of("state", _("状态"), PAYOUT_STATES)),
        Column("reason", "y.reason", _("原因")),
        Column("bank_serial", "y.bank_serial", _("银行流水号"), "code"),
        Column("changed_at", "y.changed_at", _("更新时间"), "time"),
    ),
    reads={
        "number": "-y.document_id", "biller_id": "y.biller_id", "biller_code": "p.code",
        "biller_name": "p.name", "bank_id": "y.bank_id", "payee": "y.payee::text", "tries": "y.tries",
        "resent": "y.resent", "instructed_at": "y.instructed_at", "ask_at": "y.ask_at", "file_no": "y.file_no",
    },
)  # fmt: skip
