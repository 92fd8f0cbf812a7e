"""What of the agency waits for whom. What two people decide about waits among the proposals."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import LATE, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.agency.pages.listing import CHEQUE_LIST, DEPOSITS

KINDS = (
    ListedWork(Text("他行支票待提出", "Cheques to be presented"), CHEQUE_LIST, "state=accepted", TODAY,
               "changed_at", "amount_fen", permission="agency.exchange"),
    ListedWork(Text("支票款已收妥，待缴费（4628）", "Collected cheques to be deposited (4628)"), CHEQUE_LIST,
               "state=collected", TODAY, "changed_at", "amount_fen", permission="desk.work"),
    ListedWork(Text("缴费后退票，须与供电公司处理", "Cheques returned after their deposit"), CHEQUE_LIST,
               "state=exception", LATE, "changed_at", "amount_fen", permission="agency.exchange"),
    ListedWork(Text("电力方缴费结果未知", "Deposits that nobody knows of"), DEPOSITS, "state=asked", LATE,
               "made_at", "amount_fen"),
)  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the institutions in scope."""
    return of_lists(access, now, *KINDS)
