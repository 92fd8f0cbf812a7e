"""The gaps 差额 of a closed day: why its books are not one with everybody else's, though they add up.

Each trade tells its own by its plug. A day without any is "一分不差"; every other is amber, with what it
lacks. Read as things stand now: what was released, filed or paid since is no gap any more. Every page, the
commands and the demo ask here, so that none calls a day whole that another does not.
"""

from datetime import date

import msgspec

from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.plug import Text
from yifen.core.plugs import called, plugs
from yifen.hub.night import Connection

DIFFERENCES = ("open", "told", "waiting", "parked")
"""Reasons whose fen differ between two books; of the others it is money that nobody has proved yet."""
NOT_CLOSED = "not_closed"
WHOLE, UNPROVED = Text("一分不差", "Exact to the fen"), Text("未证实", "Not proved")
SUMS = (
    (DIFFERENCES, Text("有差额 {yuan} 元", "{yuan} yuan differ")),
    (("file_missing", "part_missing", "not_reconciled", "not_awaited"),
     Text("未对账 {yuan} 元", "{yuan} yuan not compared")),
    (("unsettled",), Text("未结算 {yuan} 元", "{yuan} yuan not settled")),
    (("unexplained",), Text("未说明 {yuan} 元", "{yuan} yuan unexplained")),
    (("unpaid",), Text("未划付 {yuan} 元", "{yuan} yuan not paid out")),
)  # fmt: skip
"""What is not compared, not settled or not paid out is no difference: each has a sum of its own."""


class DayGap(msgspec.Struct, frozen=True):
    """One reason of one partner; `partner_id` 0: of the whole book. `reason`: open, told, waiting or
    parked (differences), file_missing, part_missing, not_reconciled, not_awaited (evidence), unsettled, unpaid,
    failed, unexplained, not_closed (the night); `days`: those whose money it is, in their order; `zh`, `en`:
    what the fen are, in words."""

    partner_id: int
    partner: str
    reason: str
    count: int
    fen: int
    days: tuple[date, ...]
    zh: str
    en: str

    def text(self, language: str) -> str:
        """A line of the morning: "52.00 duplicate of 28 November 2026 on KIOSK, on suspense"."""
        zh = language.startswith("zh")
        said = self.zh if zh else self.en
        return f"{grouped_yuan(self.fen)}{' 元' if zh else ''} {said}" if self.fen else said


def gaps(conn: Connection, book_id: int, day: date) -> list[DayGap]:
    """All of a book's day, in the order of the plugs. That its night has not closed it is told where nothing
    else is."""
    found = [gap for plug in plugs() for name in plug.gaps for gap in called(name)(conn, book_id, day)]
    return [gap for gap in found if gap.reason != NOT_CLOSED] or found


def standing(found: list[DayGap]) -> Text:
    """The day in a word: whole, or what it lacks, with the sum where two books differ."""
    if not found:
        return WHOLE
    yuan = grouped_yuan(differing_fen(found))
    return Text(f"有差额 {yuan}", f"Gap {yuan}") if differing_fen(found) else UNPROVED


def differing_fen(found: list[DayGap]) -> int:
    """What stands between two books: the sum of the differences, each counted once."""
    return sum(gap.fen for gap in found if gap.reason in DIFFERENCES)


def sums(found: list[DayGap]) -> Text:
    """The sum of each kind and how many reasons there are: "10.00 yuan differ, 2 reasons". One payment may
    be in several: not compared, and so not settled."""
    by_kind = [(words, sum(gap.fen for gap in found if gap.reason in kind)) for kind, words in SUMS]
    told = [(words, grouped_yuan(fen)) for words, fen in by_kind if fen]
    zh = [words.zh.format(yuan=yuan) for words, yuan in told] + [f"{len(found)} 项原因"]
    en = [words.en.format(yuan=yuan) for words, yuan in told] + [f"{len(found)} reason{'s' * (len(found) != 1)}"]
    return Text("，".join(zh), ", ".join(en))


def days_zh(days: tuple[date, ...]) -> str:
    """One day, or the first and the last of several."""
    return f"{days[0]}" if len(days) == 1 else f"{days[0]} 至 {days[-1]}"


def days_en(days: tuple[date, ...]) -> str:
    one = f"{days[-1].day} {days[-1]:%B %Y}"
    return one if len(days) == 1 else f"{days[0].day} {days[0]:%B %Y} to {one}"
