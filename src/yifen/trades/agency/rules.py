"""Pure decisions of the agency: what a file of slips says, which cheque may be taken."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.money import AmountError, typed_yuan
from yifen.core.facts.refused import Refused
from yifen.hub.corebank.rules import CHEQUE_DAYS
from yifen.trades.agency.codes import AgencyCode

SLIPS_MAX, TEXT_MAX = 5_000, 40
BANK = re.compile(r"[0-9]{12}")
"""行号."""
BANK_TWICE = Bilingual("没有一行，或行号重复", "no line, or a bank number twice")
HEAD = ("核算单位", "缴款编号", "缴款金额", "缴款人")
CHANNELS = ("counter", "atm", "kiosk", "webbank", "phonebank", "app", "card", "passbook", "other")
PRODUCTS = ("collect", "debit")


class Slip(NamedTuple):
    """A 缴款单 of the company: who brings it, how much in fen."""

    unit: str
    number: str
    amount_fen: int
    payer: str


def slips(body: bytes) -> list[Slip]:
    """A file as the company sends it: CSV, UTF-8 or GB18030, under the heading 核算单位,缴款编号,缴款金额,缴款人, in
    yuan. One bad row refuses the file. Refused: SLIPS_UNREADABLE, with the line."""
    rows = list(csv.reader(io.StringIO(_text(body))))
    if not rows or tuple(cell.strip() for cell in rows[0]) != HEAD:
        raise unreadable(1, f"表头须为 {','.join(HEAD)}", f"the heading is {','.join(HEAD)}")
    if not 1 < len(rows) <= SLIPS_MAX + 1:
        raise unreadable(len(rows), f"须有 1 至 {SLIPS_MAX} 笔", f"1 to {SLIPS_MAX} slips are needed")
    found: dict[tuple[str, str], Slip] = {}
    for line, one in _slips(rows[1:]):
        if (one.unit, one.number) in found:
            raise unreadable(line, f"缴款编号 {one.number} 重复", f"slip {one.number} stands there twice")
        found[one.unit, one.number] = one
    return list(found.values())


def unreadable(line: int, zh: str, en: str) -> Refused:
    """SLIPS_UNREADABLE: the line and why."""
    return Refused(AgencyCode.SLIPS_UNREADABLE, "file", Bilingual("第 {0} 行：{1}", "line {0}: {2}", line, zh, en))


def _slips(rows: list[list[str]]) -> Iterator[tuple[int, Slip]]:
    for line, row in enumerate(rows, 2):
        cells = [cell.strip() for cell in row]
        if len(cells) != len(HEAD) or not (cells[0] and cells[1]):
            raise unreadable(line, f"须有 {len(HEAD)} 栏，核算单位、缴款编号不空",
                             f"{len(HEAD)} columns are needed, with unit and number")  # fmt: skip
        unit, number, yuan, payer = cells
        if not all(one.isprintable() and len(one) <= TEXT_MAX for one in cells):
            raise unreadable(line, f"每栏不超过 {TEXT_MAX} 字", f"a column has {TEXT_MAX} letters at most")
        try:
            amount_fen = typed_yuan(yuan)
        except AmountError:
            amount_fen = 0
        if amount_fen <= 0:
            raise unreadable(line, f"金额有误：{yuan}", f"this is no amount: {yuan}")
        yield line, Slip(unit, number, amount_fen, payer)


def banks(body: bytes) -> list[tuple[str, str]]:
    """A list of banks: CSV, UTF-8 or GB18030, 行号,行名, with or without a heading. Refused: BANKS_UNREADABLE, with the
    line."""
    found = []
    for line, row in enumerate(csv.reader(io.StringIO(_text(body))), 1):
        cells = [cell.strip() for cell in row]
        if cells == ["行号", "行名"] and line == 1:
            continue
        if len(cells) != 2 or not BANK.fullmatch(cells[0]) or not cells[1] or len(cells[1]) > TEXT_MAX:
            raise Refused(AgencyCode.BANKS_UNREADABLE, "file", f"{line}")
        found.append((cells[0], cells[1]))
    if len({code for code, _ in found}) != len(found) or not found:
        raise Refused(AgencyCode.BANKS_UNREADABLE, "file", BANK_TWICE)
    return found


def _text(body: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(AgencyCode.SLIPS_UNREADABLE, "file")


def check_cheque(written_on: date, day: date) -> None:
    """A cheque is presented within ten days (支付结算办法). Refused: CHEQUE_LATE_HERE."""
    if not 0 <= (day - written_on).days <= CHEQUE_DAYS:
        raise Refused(AgencyCode.CHEQUE_LATE_HERE, "cheque_on")


def short_words(fen: int, short_fen: int, netted_fen: int, passed_fen: int, paid_fen: int) -> Bilingual:
    """8968: what stands at the core, how much of it was never settled here, and the likely cause."""
    for left, zh, en in (
        (netted_fen, "坐扣手续费共 {} 元", "commission taken out of settled money, {} yuan in all"),
        (passed_fen, "分账、归集给其他收费单位共 {} 元", "parts that went to other billers, {} yuan in all"),
        (paid_fen, "经银行划付共 {} 元", "paid out through a bank, {} yuan in all"),
    ):
        if left > 0:
            cause = Bilingual(zh, en, grouped_yuan(left))
            break
    else:
        cause = Bilingual("核心已入账而本系统未记账的款项", "money that the core posted and the hub did not book")
    return Bilingual("过渡户 {} 元，多 {} 元；可能原因：{}", "{} yuan there, {} too many; likely: {}",
                     grouped_yuan(fen), grouped_yuan(short_fen), cause)  # fmt: skip


def month_of(text: str) -> date | None:
    """202611, 2026-11 or 2026/11; None: it is none."""
    digits = text.replace("-", "").replace("/", "")
    try:
        return date(int(digits[:4]), int(digits[4:]), 1) if len(digits) == 6 and digits.isascii() else None
    except ValueError:
        return None
