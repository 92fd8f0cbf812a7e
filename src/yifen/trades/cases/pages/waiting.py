"""What of the court's money waits for whom. What two people decide about waits among the proposals."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import LATE, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.cases.pages.listing import CASES, COURTS, PUSHES, STATEMENTS, UNKNOWNS
from yifen.trades.cases.pages.open_lines import OPEN_LINES
from yifen.trades.cases.pages.payout_listing import WAITING as PAYOUTS_WAITING

KINDS = (
    ListedWork(Text("有案款，无本院法官承办", "Cases with money and no judge of the court"), CASES, "judged=none", LATE,
               "opened_at", "balance_fen", permission="cases.bureau"),
    ListedWork(Text("案款核对不符", "Courts whose proof is apart"), COURTS, "state=gap", LATE),
    ListedWork(Text("不明款认领逾期", "Unidentified money past its clock"), UNKNOWNS, "state=late", LATE, "came_at",
               "left_fen", permission="cases.claim", unless="cases.lead"),
    ListedWork(Text("不明款认领将到期", "Unidentified money near its clock's end"), UNKNOWNS, "state=soon", TODAY,
               "came_at", "left_fen", permission="cases.claim", unless="cases.lead"),
    ListedWork(Text("不明款待认领", "Unidentified money to claim"), UNKNOWNS, "state=left", TODAY, "came_at",
               "left_fen",
               permission="cases.claim", unless="cases.lead"),
    ListedWork(Text("银行推送与对账单不符", "Pushes that the statement contradicts"), PUSHES, "state=left", LATE,
               "came_at", "amount_fen", permission="cases.claim", unless="cases.lead"),
    ListedWork(Text("对账单明细待说明", "Lines of statements to explain"), OPEN_LINES, "state=left", TODAY, "at",
               permission="cases.statements", unless="cases.lead"),
    ListedWork(Text("案款对账单未提交", "Court statements to propose"), STATEMENTS, "state=staged", TODAY,
               "received_at",
               permission="cases.statements", unless="cases.lead"),
)  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the courts in scope."""
    return of_lists(access, now, *KINDS, *PAYOUTS_WAITING)
