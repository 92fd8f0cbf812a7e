"""What of the jobs waits for whom: exports and jobs that failed, payments that no biller is asked about any more."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.jobs.calls import CALLS
from yifen.face.jobs.failed import FAILED
from yifen.face.jobs.made import MADE
from yifen.face.today.waiting import LATE, SOON, TODAY, ListedWork, WaitingWork, of_lists

WAITS = (
    ListedWork(Text("失败的任务", "Failed jobs"), FAILED, "when=week", LATE, "failed_at"),
    ListedWork(Text("我的导出失败", "My exports that failed"), MADE, "state=again", TODAY, "asked_at"),
    ListedWork(Text("当日缴费重试已尽", "Payments of today no longer asked about"), CALLS, "waiting=stopped", SOON,
          "paid_at", "amount_fen"),
)  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Failed exports are of who asked for them; jobs are of who sees the whole house."""
    return of_lists(access, now, *WAITS)
