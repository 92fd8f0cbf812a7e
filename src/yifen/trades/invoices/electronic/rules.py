"""Pure decisions of electronic invoices: buyers, rates as people type them, what a platform's word means, two lists
compared."""

import re
from datetime import date, timedelta
from typing import Any, NamedTuple

from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code
from yifen.core.facts.days import DayError, typed_day
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.wire.tax_port import AGREED, CONFIRMING, DONE, FAILED, ISSUING, SIGN_FAILED, SIGNING
from yifen.trades.invoices.codes import InvoiceCode

LADDER_S = (5, 10, 20, 40, 80, 160, 300, 600, 1800, 3600)
"""An order that is not decided is looked at again, later and later."""
TRIES = 100
"""So often at most: a buyer has 72 hours to confirm a sheet, and the last steps are an hour each."""
IN_FLIGHT = timedelta(seconds=30)
"""So long after it was sent, a message may still arrive: it is not sent again."""
OPEN = frozenset({"asked", "issuing", "signing", "confirming", "unknown"})
NAME_MOST, RATES_MOST = 100, 50

_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_GOODS = re.compile(r"[0-9]{19}")
_PERCENT = re.compile(r"([0-9]{1,2})(?:\.([0-9]))?%?")
EXEMPT = ("免税", "exempt")


class Buyer(NamedTuple):
    """购方: who the invoice is for; `tax_no`: of a firm alone; `mail`: where the platform sends it, "" nowhere."""

    name: str
    tax_no: str = ""
    mail: str = ""


class IssuedNumber(NamedTuple):
    """A number of a day: blue or red, of so much."""

    number: str
    kind: str
    fen: int


class DayCompared(NamedTuple):
    """Our numbers of a day against the platform's list: of both, of one side only, and those that say other things."""

    both: int
    ours_only: list[IssuedNumber]
    theirs_only: list[IssuedNumber]
    differ: list[str]


def checked(buyer: Buyer) -> Buyer:
    """As it is sent. Refused: INVOICE_BUYER_INVALID."""
    name, tax_no = " ".join(buyer.name.split()), buyer.tax_no.strip().upper()
    if not 1 < len(name) <= NAME_MOST:
        raise Refused(InvoiceCode.INVOICE_BUYER_INVALID, "buyer_name")
    if tax_no and not is_tax_no(tax_no):
        raise Refused(InvoiceCode.INVOICE_BUYER_INVALID, "buyer_tax_no")
    return Buyer(name, tax_no, buyer.mail.strip())


def is_tax_no(text: str) -> bool:
    """统一社会信用代码, 18 signs of which the last one checks the others (GB 32100-2015); or a taxpayer's number of 15
    or 20, as those still have who have no such code."""
    if len(text) in (15, 20):
        return text.isascii() and text.isalnum()
    if len(text) != 18 or any(sign not in _CREDIT_SIGNS for sign in text):
        return False
    total = sum(_CREDIT_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(text[:17]))
    return text[17] == _CREDIT_SIGNS[-total % 31]


def rates_of(typed: str) -> list[dict[str, Any]]:
    """A line each: fee, goods code, goods name, rate in percent or 免税, then class, first and last day, which may
    lack: `电费,1100101020200000000,供电,13` or `热费,…,供热,免税,居民,2024-01-01,2027-12-31`. Refused:
    INPUT_INVALID, with the line and why."""
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for number, line in enumerate(typed.splitlines(), 1):
        if line.strip():
            row, fault = _rate(line)
            key = (row["fee"], row["class"], row["from_on"])
            if fault is None and key in rows:
                fault = Text("同一费种、类别、起日已有一行", "fee, class and first day stand in a line above")
            if fault is not None:
                raise _unreadable(number, fault)
            rows[key] = row
    if not 0 < len(rows) <= RATES_MOST:
        said = Bilingual("编码和税率须有 1 至 {} 行", "codes and rates: 1 to {} lines are needed", RATES_MOST)
        raise Refused(Code.INPUT_INVALID, "rates", said)
    return list(rows.values())


def _unreadable(line: int, fault: Text) -> Refused:
    said = Bilingual("编码和税率第 {0} 行：{1}", "codes and rates, line {0}: {2}", line, *fault)
    return Refused(Code.INPUT_INVALID, "rates", said)


def _rate(line: str) -> tuple[dict[str, Any], Text | None]:
    """The row, and what is wrong with it."""
    parts = [part.strip() for part in re.split(r"[,，\t]", line)]
    fee, code, name, rate, category, first, last = (parts + [""] * 7)[:7]
    percent, is_exempt = _PERCENT.fullmatch(rate), rate in EXEMPT
    permille = int(percent[1]) * 10 + int(percent[2] or 0) if percent else 0
    from_on, to_on = _day_or_none(first or "2000-01-01"), _day_or_none(last)
    fault = next((text for text, is_wrong in (
        (Text("须有 4 至 7 栏：费种,编码,名称,税率,类别,起日,止日",
              "4 to 7 columns are needed: fee, code, name, rate, class, first day, last day"),
         not 4 <= len(parts) <= 7),
        (Text("商品编码须为 19 位数字", "a goods code has 19 digits"), not _GOODS.fullmatch(code)),
        (Text("缺商品名称", "the goods' name is missing"), not name),
        (Text("税率须为 0 至 20（%）或 免税", "a rate is 0 to 20 (percent) or 免税"),
         permille > 200 or (percent is None and not is_exempt)),
        (Text("日期有误，或止日早于起日", "a day cannot be read, or the last is before the first"),
         from_on is None or (last != "" and (to_on is None or to_on < from_on))),
    ) if is_wrong), None)  # fmt: skip
    return {"fee": fee, "class": category, "goods_code": code, "goods_name": name, "rate_permille": permille,
            "exempt": is_exempt, "from_on": from_on and from_on.isoformat(),
            "to_on": to_on and to_on.isoformat()}, fault  # fmt: skip


def _day_or_none(text: str) -> date | None:
    try:
        return typed_day(text) if text else None
    except DayError:
        return None


def rate_text(row: dict[str, Any]) -> str:
    """A rate as it is typed."""
    rate = EXEMPT[0] if row["exempt"] else f"{row['rate_permille'] / 10:g}"
    first = "" if row["from_on"] == "2000-01-01" else row["from_on"]
    parts = (row["fee"], row["goods_code"], row["goods_name"], rate, row["class"], first, row["to_on"] or "")
    return ",".join(parts).rstrip(",")


def state_of(kind: str, platform: str) -> str:
    """What a platform's word makes of an order: issuing, signing, confirming, done, failed; "": nothing is known."""
    if kind == "sheet":
        return ("done" if platform in AGREED else "confirming" if platform in CONFIRMING
                else "failed" if platform.isdecimal() else "")  # fmt: skip
    words = {ISSUING: "issuing", SIGNING: "signing", DONE: "done", FAILED: "failed", SIGN_FAILED: "failed"}
    return words.get(platform, "")


def failure_of(kind: str) -> InvoiceCode:
    return InvoiceCode.INVOICE_SHEET_ENDED if kind == "sheet" else InvoiceCode.INVOICE_ISSUE_FAILED


def why_red(verb: str | None) -> str:
    """Of a sheet: a collection that was reversed was wrong (01), a refund gives back (02)."""
    return "01" if verb == "reverse" else "02"


def compared(ours: list[IssuedNumber], theirs: list[IssuedNumber]) -> DayCompared:
    """Number by number, both directions."""
    mine, yours = {one.number: one for one in ours}, {one.number: one for one in theirs}
    both = mine.keys() & yours.keys()
    return DayCompared(
        len(both), [one for one in ours if one.number not in yours], [one for one in theirs if one.number not in mine],
        sorted(number for number in both if mine[number] != yours[number]),
    )  # fmt: skip


def day_span(day: date) -> tuple[date, date]:
    """A day and the next one."""
    return day, day + timedelta(days=1)
