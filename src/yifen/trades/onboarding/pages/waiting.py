"""What of onboarding waits for whom: keys that end, runs that failed, partners on their way in, outages."""

from datetime import datetime

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import SOON, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.onboarding.pages.channels_list import CHANNELS
from yifen.trades.onboarding.pages.keys_list import KEYS
from yifen.trades.onboarding.pages.partners_list import OUTAGES, PARTNERS
from yifen.trades.onboarding.pages.runs_list import RUNS

WAITS = (
    ListedWork(Text("渠道当日限额将用尽", "Channels near their limit of the day"), CHANNELS, "state=near", TODAY),
    ListedWork(Text("停机中", "Outages now"), OUTAGES, "state=on", TODAY, "starts_at"),
    ListedWork(Text("密钥将到期，没有后继", "Keys that end, with none to follow"), KEYS, "state=ending", TODAY,
          "valid_until"),
    ListedWork(Text("一致性测试未通过", "Conformance runs that failed"), RUNS, "which=newest&state=failed", TODAY,
          "began_at"),
    ListedWork(Text("停机将开始", "Outages to come"), OUTAGES, "state=ahead", SOON, "starts_at"),
    ListedWork(Text("旧密钥将停用", "Old keys that end"), KEYS, "state=following", SOON, "valid_until"),
    ListedWork(Text("渠道不在服务时间", "Channels outside their hours"), CHANNELS, "state=closed", SOON),
    ListedWork(Text("接入中的合作方", "Partners on their way in"), PARTNERS, "state=arriving", SOON),
)  # fmt: skip


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the partners in scope."""
    return of_lists(access, now, *WAITS)
