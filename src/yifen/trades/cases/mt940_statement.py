"""A statement in SWIFT MT940 as the lines that the court's own form has: header first, then a row a movement.

:61: is taken apart as SWIFT writes it; what a movement is, its type says (NINT interest, NCHG and NCOM fees). :86: is
the memo, whole; in it /ORDP/ names the payer, /BENM//ACCW/ the sub-account number that was paid to, as banks with
virtual accounts write it, or ?31 and ?32 the payer.
The closing balance has to come out, so nothing is missing.
"""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from yifen.core.facts.money import AmountError, format_yuan
from yifen.core.facts.refused import Refused
from yifen.core.wire.swift_details import NO_REFERENCE, said_in
from yifen.core.wire.swift_fields import (
    SwiftFieldWrong,
    balance_parts,
    comma_fen,
    entry_parts,
    value_day,
)
from yifen.face.filed.reading import Numbered
from yifen.trades.cases.camt_statement import CURRENCY, HEADER, broken, sides
from yifen.trades.cases.codes import CaseCode

SIGNS = {"C": 1, "RD": 1, "D": -1, "RC": -1}
KINDS = {"INT": "利息", "CHG": "手续费", "COM": "手续费"}
_FIELD = re.compile(r":([0-9]{2}[A-Z]?):(.*)")
_PAID_TO = re.compile(r"/BENM/[^?]*?/ACC[TW]/([0-9 ]{6,40})")
_PAYER, _PAYER_NO = re.compile(r"/ORDP/[^?]*?/NAME/([^/]*)"), re.compile(r"/ORDP/[^?]*?/ACC[TW]/([^/,]*)")


def is_mt940(stream: BinaryIO) -> bool:
    """By its first field, behind SWIFT's own marks."""
    stream.seek(0)
    found = re.match(rb"(\xef\xbb\xbf)?[\s\x01]*(\{[12]:[^\n]*)?(\{4:\s*)?:20:", stream.read(512))
    stream.seek(0)
    return found is not None


def rows_of(stream: BinaryIO) -> Iterator[Numbered]:
    """The header, then (line of the file, cells). Refused: STATEMENT_BROKEN (a field that is none, another currency, no
    balances, or the closing one does not come out), STATEMENT_EMPTY."""
    yield 1, list(HEADER)
    main, balance, last, count = "", None, None, 0
    waiting: tuple[int, dict[str, str]] | None = None
    for line_no, tag, text in [*_fields(stream), (0, "end", "")]:
        if waiting is not None:
            assert balance is not None
            row, fen = _row(main, *waiting, text if tag == "86" else "")
            balance, count, number, waiting = balance + fen, count + 1, waiting[0], None
            yield number, [main, *row[:2], *sides(fen), format_yuan(balance), *row[2:]]
        if tag == "25":
            main = text.rpartition("/")[2].strip()
        elif tag in ("60F", "60M"):
            balance = _balance(text)
            if last not in (None, balance):
                raise broken(tag)
        elif tag == "61":
            if balance is None or not main:
                raise broken("60F")
            waiting = line_no, _read(entry_parts, text)
        elif tag in ("62F", "62M"):
            if balance is None or _balance(text) != balance:
                raise broken(tag)
            last, balance = balance, None
    if balance is not None or last is None:
        raise broken("62F")
    if not count:
        raise Refused(CaseCode.STATEMENT_EMPTY, "file")


def _fields(stream: BinaryIO) -> Iterator[tuple[int, str, str]]:
    """(line, tag, text) of each; a line without a tag goes on the one before, also words that begin with "-"."""
    body = stream.read()
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("gb18030", "replace")
    at, tag, told = 0, "", list[str]()
    for number, raw in enumerate(re.sub(r"\{[1235]:[^\n{}]*\}|\{4:", "", text).split("\n"), 1):
        line = raw.strip("\x01\x03\r ")
        found = _FIELD.fullmatch(line)
        if found is None and not line.startswith("-}") and (line != "-" or tag in ("61", "86")):
            told.append(raw.rstrip("\r"))
            continue
        if tag:
            yield at, tag, "\n".join(told)
        at, tag, told = (number, found[1], [found[2]]) if found else (number, "", [])
    if tag:
        yield at, tag, "\n".join(told)


def _row(main: str, line_no: int, entry: dict[str, str], details: str) -> tuple[list[str], int]:
    """(time, serial, sub-account, business, reference, payer, his account, words) and fen, below zero out."""
    if entry["status"] not in SIGNS:
        raise broken(f"61 {line_no}")
    fen = _fen(entry["amount"]) * SIGNS[entry["status"]]
    memo = details.replace("\n", "")
    (end_to_end,), (customer,), (other,) = said_in([details])
    paid_to = _first(_PAID_TO, memo).replace(" ", "") if fen > 0 else ""
    parts = {part[:2]: part[2:] for part in memo.split("?")[1:]} if "/ORDP/" not in memo else {}
    references = (one.strip() for one in (end_to_end, customer, entry["customer_reference"]))
    bank = entry["bank_reference"].strip()
    return [
        _day(entry), "" if bank in NO_REFERENCE else bank, "" if paid_to == main else paid_to,
        KINDS.get(entry["id"][-3:], ""), next((one for one in references if one and one not in NO_REFERENCE), ""),
        _first(_PAYER, memo) or parts.get("32", "") + parts.get("33", ""),
        _first(_PAYER_NO, memo) or other, memo or entry["extra_details"],
    ], fen  # fmt: skip


def _day(entry: dict[str, str]) -> str:
    """When it was booked, at midnight: the year is the value date's, or the one beside it."""
    value = value_day(entry)
    year, month, day = int(value[:4]), value[4:6], value[6:]
    if entry["entry_month"]:
        apart = int(month) - int(entry["entry_month"])
        year += (apart > 6) - (apart < -6)
        month, day = entry["entry_month"], entry["entry_day"]
    return f"{year}-{month}-{day} 00:00:00"


def _balance(text: str) -> int:
    found = _read(balance_parts, text)
    if found["currency"] != CURRENCY:
        raise broken(found["currency"])
    return _fen(found["amount"]) * (1 if found["status"] == "C" else -1)


def _read(parts: Callable[[str], dict[str, str]], text: str) -> dict[str, str]:
    try:
        return parts(text)
    except SwiftFieldWrong:
        raise broken(text[:20]) from None


def _fen(text: str) -> int:
    try:
        return comma_fen(text)
    except (SwiftFieldWrong, AmountError):
        raise broken(text[:20]) from None


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1].strip() if found else ""
