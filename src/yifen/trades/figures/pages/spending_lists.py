"""The rows that figures of official cards are made of; who manages units sees theirs, private swipes nobody."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.trades.figures import spending
from yifen.trades.figures.catalogue import DIMENSIONS
from yifen.trades.figures.pages.lists import filters_of

_SQL = queries("yifen.trades.figures")
_HOLDER, _CARD = (DIMENSIONS[name].of[spending.SWIPES] for name in ("holder", "card"))
POSTED = {
    "claimed": Text("报账支出", "Claim spent"),
    "settled": Text("冲借款支出", "Advance spent"),
    "lent": Text("借款", "Lent"),
    "repaid": Text("还款", "Repaid"),
    "returned": Text("退回，清算前", "Returned before its clearing"),
    "returned_cleared": Text("退回，清算后", "Returned behind its clearing"),
    "returned_prior": Text(
        "以前年度退回，清算前", "Returned of an earlier year, before its clearing"
    ),
    "returned_prior_cleared": Text(
        "以前年度退回，清算后", "Returned of an earlier year, behind its clearing"
    ),
}
STATES: words.Words = {
    "due": (_("应还"), "waiting"),
    "vouched": (_("已开凭证"), "waiting"),
    "paid": (_("已还"), "ok"),
    "returned": (_("已退回"), "neutral"),
}


def claim_url(row: Row, access: Access) -> str:
    return reverse("card_claim", args=[row.claim_id])


def hit_url(row: Row, access: Access) -> str:
    return reverse("card_hit", args=[row.hit_id])


def _list(
    source: str, title: Any, key: str, *columns: Column, note: Any = "", opens: Any = claim_url
) -> Listing:
    """A list of a source's rows, its filters the source's dimensions."""
    of = spending.SOURCES[source]
    claimed = (
        (Column("claim_id", "x.claim_id", _("报账单"), "code", value=lambda r, a: str(r.claim_id or "")),)
        if opens
        else ()
    )
    return Listing(
        name=of.rows,
        title=title,
        note=note,
        empty=_("没有记录"),
        permission="cards.view",
        export="cards.view",
        route=f"figures/{source}/rows/",
        source=_SQL["rows_of"].format(view=of.view),
        scope=_SQL["row_seen"].format(scope=in_scope("x.bureau_id")),
        key=key,
        default="day",
        opens=opens,
        form=filters_of(source),
        columns=(
            Column("day", of.day, _("日期"), "day", order="down"),
            *claimed,
            Column("unit", "x.unit", _("单位")),
            Column("holder", _HOLDER, _("持卡人")),
            Column("card", _CARD, _("卡"), "code"),
            *columns,
        ),
    )


def _item() -> Column:
    return Column("item", "x.item_name", _("目录项目"))


def _func() -> Column:
    return Column("func", "x.func_code", _("功能分类"), "code")


def _way() -> Column:
    return Column("way", "x.way", _("种类"), value=lambda r, a: told(spending.WAYS[r.way]))


SPENDING_ROWS = _list(
    spending.SPENT, _("统计所含支出、还款、退回"), "x.document_id",
    Column("kind", "x.kind", _("记账"), value=lambda r, a: told(POSTED[r.kind])), _way(), _item(), _func(),
    Column("amount_fen", "x.amount_fen", _("金额（元）"), "amount"),
    Column("used_fen", "x.used_fen", _("动用额度（元）"), "amount"),
    note=_("报账的每笔记账一行；动用额度为还款减当年退回，以前年度退回不动额度。"),
)  # fmt: skip
SWIPE_ROWS = _list(
    spending.SWIPES, _("统计所含公务消费"), "x.row_id",
    Column("mcc", "x.mcc", _("商户类别"), "code"),
    Column("swiped_fen", "x.swiped_fen", _("消费（元）"), "amount"),
    Column("refunded_fen", "x.refunded_fen", _("退货（元）"), "amount"),
    Column("left_fen", "x.left_fen", _("未报（元）"), "amount"),
    note=_("持卡人标为公务的消费一行，商户退货另一行，在退回的那天；私人消费不在其中。"), opens=None,
)  # fmt: skip
CLAIM_ROWS = _list(
    spending.CLAIMED, _("统计所含报账"), "(x.claim_id * 100 + x.line_no)", _way(), _item(), _func(),
    Column("exemption", "x.exemption_name", _("未刷卡的理由")),
    Column("state", "x.state", _("状态"), value=lambda r, a: told(spending.STATES[r.state])),
    Column("amount_fen", "x.amount_fen", _("金额（元）"), "amount"),
    note=_("报账单的每行一行，在提交的那天。"),
)  # fmt: skip
DUE_ROWS = _list(
    spending.DUE, _("统计所含应还款"), "x.repayment_id", _way(), _item(),
    Column("state", "x.state", _("状态"), "badge", words=STATES),
    Column("paid_on", "x.paid_on", _("还到卡日"), "day"),
    Column("amount_fen", "x.amount_fen", _("应还（元）"), "amount"),
    Column("open_fen", "x.open_fen", _("未还（元）"), "amount"),
    note=_("应还到卡的每笔一行，在还款期限那天。"),
)  # fmt: skip
LATE_ROWS = _list(
    spending.LATE, _("统计所含逾期"), "x.row_id",
    Column("late_by", "x.late_by", _("逾期责任"), value=lambda r, a: told(spending.LATE_BY[r.late_by])),
    Column("paid_on", "x.paid_on", _("还到卡日"), "day"),
    Column("days", spending.DAYS_LATE, _("逾期天数"), "num"),
    Column("amount_fen", "x.amount_fen", _("金额（元）"), "amount"),
    Column("interest_fen", spending.INTEREST, _("逾期利息（元）"), "amount"),
    Column("hit_id", "x.hit_id", _("监控命中"), "code", value=lambda r, a: str(r.hit_id)),
    note=_("逾期才还或至今未还的每部分一行，在最后还款日那天；利息按命中时规则的日息，未还的算到今天。"), opens=hit_url,
)  # fmt: skip
CLEARING_ROWS = _list(
    spending.CLEARED, _("统计所含清算"), "(x.voucher_id * 1000 + x.voucher_line)",
    Column("voucher_no", "x.voucher_no", _("支付凭证号"), "code"), _item(), _func(),
    Column("paid_fen", "x.paid_fen", _("已付（元）"), "amount"),
    Column("cleared_fen", "x.cleared_fen", _("已清算（元）"), "amount"),
    Column("uncleared_fen", "x.uncleared_fen", _("未清算（元）"), "amount"),
    Column("refunding_fen", "x.refunding_fen", _("退回待清算（元）"), "amount"),
    note=_("代理银行付了的每笔一行，在付款那天。"),
)  # fmt: skip
SPENDING_LISTS = (SPENDING_ROWS, SWIPE_ROWS, CLAIM_ROWS, DUE_ROWS, LATE_ROWS, CLEARING_ROWS)
