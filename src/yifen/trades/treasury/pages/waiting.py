"""What of the treasury waits for whom."""

from datetime import datetime

from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face.plain import plain_connection
from yifen.face.today.waiting import LATE, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.treasury.pages.listing import (
    CLEARINGS,
    DIFFERENCES_LIST,
    LATE_LINES,
    QUOTAS,
    REFUSED_PAPERS,
    RETURNS,
    VOUCHERS,
)

_DUE = queries(__package__)["due_sum"]
KINDS = (
    ListedWork(Text("支付凭证待复核", "Vouchers to agree to"), VOUCHERS, "state=asked", TODAY, "made_at", "amount_fen",
               permission="treasury.agree"),
    ListedWork(Text("支付凭证结果未知", "Vouchers whose end nobody knows"), VOUCHERS, "state=unknown", LATE, "made_at",
               "amount_fen", permission="treasury.make"),
    ListedWork(Text("还款逾期未回单", "Repayments unanswered too long"), LATE_LINES, "", LATE, fen="amount_fen"),
    ListedWork(Text("额度通知待处理", "Notices of quota that wait"), QUOTAS, "state=waits", TODAY,
               permission="treasury.clear"),
    ListedWork(Text("银行通知的退票待办理", "Returns that the bank told of"), RETURNS, "state=told", TODAY, "made_at",
               "amount_fen", permission="treasury.make"),
    ListedWork(Text("退票待复核", "Returns to agree to"), RETURNS, "state=asked", TODAY, "made_at", "amount_fen",
               permission="treasury.agree"),
    ListedWork(Text("清算单不符", "Claims that do not fit"), CLEARINGS, "state=differs", LATE, "at",
               permission="treasury.clear"),
    ListedWork(Text("未收报文", "Messages not taken"), REFUSED_PAPERS, "state=open", LATE, "at",
               permission="treasury.clear"),
    ListedWork(Text("清算差异", "Differences of clearing"), DIFFERENCES_LIST, "", LATE, permission="treasury.clear"),
)  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the units that he sees; what is due to cards, for who makes vouchers."""
    found = of_lists(access, now, *KINDS)
    if access.may("treasury.make"):
        with plain_connection(2) as conn:
            ((count, since, fen),) = conn.execute(_DUE, {"session": access.session}).fetchall()
        if count:
            found.append(WaitingWork(Text("公务卡待还款", "Repayments due to cards"), count, since, fen,
                                     reverse("treasury_due"), TODAY))  # fmt: skip
    return found
