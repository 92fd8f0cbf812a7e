"""What of the clocks of case money waits for whom: a judge is told of his own cases, the cashier of all; who leads a
court, of what is late."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import LATE, SOON, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.cases.pages.clock_lists import CLOCKS, TELLINGS

RED, AMBER = Text("案款超期未发放", "Case money past its clock"), Text("案款将到期", "Case money near its clock's end")
KINDS = (
    ListedWork(RED, CLOCKS, "state=red&whose=mine", LATE, "due_on", "fen", permission="cases.pause"),
    ListedWork(AMBER, CLOCKS, "state=amber&whose=mine", TODAY, "due_on", "fen", permission="cases.pause"),
    ListedWork(RED, CLOCKS, "state=red", LATE, "due_on", "fen", permission="cases.lead"),
    ListedWork(RED, CLOCKS, "state=red", LATE, "due_on", "fen", permission="cases.statements", unless="cases.lead"),
    *(ListedWork(title, TELLINGS, f"state={state}{whose}", tone, "due_on", permission=permission, unless="cases.lead")
      for title, state, tone in ((Text("到账逾期未通知", "Money that nobody was told of in time"), "late", LATE),
                                 (Text("到账待通知", "Money to tell of"), "todo", SOON))
      for whose, permission in (("&whose=mine", "cases.apply"), ("", "cases.statements"))),
)  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the courts in scope; each address once."""
    return list({line.url: line for line in of_lists(access, now, *KINDS)}.values())
