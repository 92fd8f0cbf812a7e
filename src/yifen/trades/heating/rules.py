"""What cities say of seasons and stops, and how urgent a request is. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from msgspec import Struct

from yifen.core.facts.plug import Text

ASK_DAYS, ANSWER_DAYS = 30, 10
"""A stop is asked for so many days before the season, and answered within so many, where nothing else is said."""
AMBER_DAYS = 2
"""An answer that is due within so many days is amber, one that is overdue red."""
ASKERS = {"holder": Text("户主本人", "The holder"), "agent": Text("受托人", "His agent")}
NEIGHBOURS = {
    "agreed": Text("已同意", "Agree"), "refused": Text("未同意", "Do not agree"),
    "separate": Text("分户，不需要", "Separate: not asked"),
}  # fmt: skip
SCANS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
SCAN_BYTES_MAX = 4 << 20
"""What a scanned paper begins with, and how large it may be."""
KINDS = {"stop": Text("报停", "Stop"), "start": Text("报开（恢复）", "Start again")}
MARKS = {"not_separate": Text("非分户", "Not separate"), "warranty": Text("保修期", "In warranty")}
FINDINGS = {  # in the words of visits
    "ok": Text("合格", "As it should be"), "differs": Text("与登记不符", "Differs"), "warm": Text("有热", "Warm"),
    "cold": Text("不热", "Cold"), "no_access": Text("无人、进不去", "No access"), "refused": Text("拒绝", "Refused"),
}  # fmt: skip
PERCENT = re.compile(r"([0-9]{1,2})(?:[.]([0-9]))? ?%?")


class HeatPaper(NamedTuple):
    """The paper of a request: who applies, what the neighbours say; `scan`: its bytes, None: it was not scanned."""

    name: str
    phone: str
    neighbours: str
    scan: bytes | None = None

    @property
    def kind(self) -> str | None:
        """Of the scan, by its beginning; None: there is none, or it is none of the kinds."""
        begins = self.scan or b""
        return next((kind for magic, kind in SCANS.items() if begins.startswith(magic)), None)


class CityTerms(NamedTuple):
    """How a city stops: its legal season as (month, day), the last day to ask, what is paid all the same in
    thousandths, and where that is written."""

    key: str
    name: Text
    begins: tuple[int, int]
    ends: tuple[int, int]
    ask_until: tuple[int, int] | None  # None: ASK_DAYS before
    permille: int
    source: str


CITIES = (
    CityTerms("beijing", Text("北京", "Beijing"), (11, 15), (3, 15), None, 300,
              "北京市报停申请书 2022 年版：基本费 30 %"),
    CityTerms("taiyuan", Text("太原", "Taiyuan"), (11, 1), (3, 31), None, 300, "惯例：30 %，请核对当地文件"),
    CityTerms("tianjin", Text("天津", "Tianjin"), (11, 15), (3, 15), (9, 30), 200,
              "天津：9 月 30 日前申请，整季，按 20 % 交纳"),
    CityTerms("harbin", Text("哈尔滨", "Harbin"), (10, 20), (4, 20), None, 200, "哈尔滨：按 20 % 交纳"),
)  # fmt: skip


class Term(Struct, frozen=True):
    """What a class in a region pays when it is stopped, in thousandths of what follows no quantity; '': any."""

    permille: int
    class_: str = ""
    region: str = ""


def season_of(city: CityTerms, year: int) -> tuple[date, date, date]:
    """From, to and the last day to ask, of the season that begins in that year."""
    begins, ends = date(year, *city.begins), date(year + 1, *city.ends)
    asked = date(year, *city.ask_until) if city.ask_until else begins - timedelta(ASK_DAYS)
    return begins, ends, asked


def clock(due_on: date, today: date) -> str:
    """The colour of an answer that is due on a day: bad, waiting or neutral."""
    if due_on < today:
        return "bad"
    return "waiting" if due_on - today <= timedelta(AMBER_DAYS) else "neutral"


def percent(permille: int) -> str:
    """305 is "30.5 %"."""
    return f"{permille / 10:g} %"


def read_percent(text: str) -> int | None:
    """Thousandths of what was typed as per cent, with a decimal at most, in digits of any width; None: it is none."""
    found = PERCENT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return int(found[1]) * 10 + int(found[2] or 0) if found else None


def said_terms(terms: Iterable[Term]) -> Text:
    """Each with whom it is for; what is for nobody by name is for the others."""
    rows = [(" ".join(filter(None, (term.class_, term.region))), percent(term.permille)) for term in terms]
    return Text("；".join(f"{who or '其他'} {part}" for who, part in rows),
                "; ".join(f"{who or 'others'} {part}" for who, part in rows))  # fmt: skip
