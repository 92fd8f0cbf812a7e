"""What of batch debit waits for whom. What two people decide about waits among the proposals."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import LATE, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.debits.pages.listing import BATCHES, ITEMS, REFUSALS

KINDS = (
    ListedWork(Text("批扣文件整份拒收，待收费单位重送", "Debit files refused: to be sent again"), REFUSALS,
               "sent=waits", TODAY, "at"),
    ListedWork(Text("批扣批次检查不符，待复核照扣或撤下", "Batch debits whose checks warn: let go, or drop"), BATCHES,
               "state=checked", TODAY, "received_at", "amount_fen", permission="debits.go"),
    ListedWork(Text("批扣批次窗口已过一日未扣完", "Batch debits whose window went by for a day"), BATCHES,
               "state=missed", LATE,
               "received_at", "amount_fen"),
    ListedWork(Text("批扣明细久无结果", "Debits that nobody knows of"), ITEMS, "state=stuck", LATE, "changed_at",
               "amount_fen"),
    ListedWork(Text("批扣结果文件未取", "Results of batch debits to be fetched"), BATCHES, "state=unfetched", TODAY,
               "done_at",
               permission="debits.run"),
)  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the billers in scope."""
    return of_lists(access, now, *KINDS)
