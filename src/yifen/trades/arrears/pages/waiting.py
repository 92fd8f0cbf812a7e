"""What of arrears waits for whom."""

from datetime import datetime

from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.facts.plug import Text
from yifen.face.today.waiting import LATE, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.arrears.pages.ages import age_of_lists
from yifen.trades.arrears.pages.lists import CALLS, CUTS, DEBTS, HOLDS, LETTERS

LEFT = (
    ListedWork(
        Text("该打的催缴电话", "Calls that are due"),
        CALLS,
        "",
        TODAY,
        "next_on",
        "owed_fen",
        "arrears.do",
    ),
    ListedWork(
        Text("该打印的催缴函", "Letters to be printed"),
        DEBTS,
        "next=letter&why=due",
        TODAY,
        "next_on",
        "owed_fen",
        "arrears.do",
    ),
    ListedWork(
        Text("待送达的停供通知", "Notices to be served"),
        LETTERS,
        "state=unserved",
        TODAY,
        "printed_at",
        "owed_fen",
        "arrears.do",
    ),
    ListedWork(
        Text("可提交停供的户", "Accounts that may be cut off"),
        DEBTS,
        "next=cut&why=due",
        TODAY,
        "next_on",
        "owed_fen",
        "arrears.do",
    ),
    ListedWork(
        Text("未停成的停供", "Cuts that were not done"),
        CUTS,
        "state=failed",
        TODAY,
        "asked_at",
        "owed_fen",
        "arrears.do",
    ),
    ListedWork(
        Text("复供超时", "Restorations that are late"), CUTS, "state=late", LATE, "restore_by"
    ),
    ListedWork(
        Text("异议待了结", "Disputes to be settled"),
        HOLDS,
        "kind=dispute&state=running",
        TODAY,
        "made_at",
        "amount_fen",
        "arrears.do",
    ),
    ListedWork(
        Text("异议成立，账单待更正", "Disputes that are right: bills to be corrected"),
        HOLDS,
        "kind=dispute&state=mending",
        TODAY,
        "upheld_at",
        "amount_fen",
        "arrears.do",
    ),
    ListedWork(
        Text("异议成立满 15 天，账单仍未更正", "Right for 15 days, and the bills are still not corrected"),
        HOLDS,
        "kind=dispute&state=unmended",
        LATE,
        "upheld_at",
        "amount_fen",
    ),
)


OUTDATED = Text("欠费数据超过两小时没有重算", "Arrears were not worked out for over two hours")


def what_waits(access: Access, now: datetime) -> list[WaitingWork]:
    """Of the billers in scope; and that what is told is old, if it is."""
    found, age = of_lists(access, now, *LEFT), age_of_lists(now)
    if age["is_old"] and access.may("arrears.view"):
        found.append(WaitingWork(OUTDATED, 1, age["as_of"], None, reverse("arrears_debts"), LATE))
    return found
