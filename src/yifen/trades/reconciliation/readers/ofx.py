"""Reader of bank exports in OFX (Open Financial Exchange) 1.x and 2.x: one account, one currency, one day."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from typing import BinaryIO

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.ofx_tags import Tag, tags
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row

_ZONE = timezone(timedelta(hours=8))  # rows hold the hub's wall clock
_POSTED = re.compile(
    r"([0-9]{8})([0-9]{6})?(?:\.[0-9]{1,6})?"
    r"(?:\[([+-]?[0-9]{1,2})(?:\.([0-9]{1,2}))?(?::[^\]]{0,20})?\])?"
)
_COMMA = re.compile(r"(-?[0-9]{1,13}),([0-9]{1,2})")
_ACCOUNTS = ("BANKACCTFROM", "CCACCTFROM")
ENTRY, LEDGER = "STMTTRN", "LEDGERBAL"


def open_ofx(stream: BinaryIO, hints: Hints) -> Reading:
    """Entries as money in or out by the sign of TRNAMT. serial: FITID, else the place; ref: REFNUM,
    CHECKNUM or SRVRTID; account_no: the other account; `at` where DTPOSTED has a time. The day is that
    of all entries (DTPOSTED), the owner the account (ACCTID); a file of several days is refused, for an
    export says nothing about where a day ends."""
    return Reading(hints, partial(_rows, stream))


def _rows(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    file = _File(reading)
    for tag in tags(stream, reading.hints.encoding):
        yield from file.took(tag)
    file.finish()


class _File:
    """What came so far: where in the tree, and the entry under way."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.line_no = 1
        self.begun = self.ended = False
        self.inside = ""  # the account or balance under way
        self.entry: dict[str, str] | None = None
        self.entry_line = self.count = 0

    def took(self, tag: Tag) -> Iterator[Row]:
        self.line_no = tag.line_no
        if self.ended:
            raise FileError(tag.line_no, tag.name[:40], "after the end", FileCode.FILE_AFTER_END)
        if not self.begun and tag.name != "OFX":
            raise FileError(tag.line_no, tag.name[:40], "not in OFX", FileCode.FILE_HEAD_MISSING)
        if tag.name == f"/{ENTRY}" and self.entry is not None:
            entry, self.entry = self.entry, None
            yield self._row(entry)
        elif self.entry is not None:
            if tag.name == ENTRY:
                raise FileError(tag.line_no, ENTRY, "an entry in an entry", FileCode.FILE_BROKEN)
            if len(self.entry) < 64:
                self.entry.setdefault(tag.name, tag.text)
        else:
            self._outside(tag)

    def _outside(self, tag: Tag) -> None:
        match tag.name:
            case "OFX":
                self.begun = True
            case "/OFX":
                self.ended = True
            case "STMTTRN":
                self.entry, self.entry_line = {}, tag.line_no
            case "CURDEF":
                self.reading.in_currency(tag.line_no, tag.name, tag.text[:3])
            case "ACCTID" if self.inside in _ACCOUNTS:
                self.reading.of_owner(tag.line_no, tag.name, cells.clean(tag.text))
            case "BALAMT" if self.inside == LEDGER:
                self.reading.closing_fen = _amount(tag.line_no, tag.name, tag.text)
            case name if name.removeprefix("/") in (*_ACCOUNTS, LEDGER):
                self.inside = "" if name.startswith("/") else name

    def finish(self) -> None:
        if not self.begun:
            raise FileError(1, "OFX", "not an OFX file", FileCode.FILE_EMPTY)
        if not self.ended:
            raise FileError(self.line_no, "OFX", "cut off: no </OFX>", FileCode.FILE_CUT_OFF)
        for name, found in (("ACCTID", self.reading.told_owner), ("CURDEF", self.reading.currency)):
            if not found:
                raise FileError(self.line_no, name, "missing", FileCode.FILE_HEAD_MISSING)

    def _row(self, entry: dict[str, str]) -> Row:
        line_no = self.entry_line
        if not self.reading.currency:
            raise FileError(line_no, "CURDEF", "no currency above", FileCode.FILE_HEAD_MISSING)
        found = _POSTED.fullmatch(entry.get("DTPOSTED", ""))
        if found is None:
            reason = told("no such time: {!r}", entry.get('DTPOSTED', '')[:40])
            raise FileError(line_no, "DTPOSTED", reason, FileCode.FILE_TIME_INVALID)
        day = cells.day(line_no, "DTPOSTED", found[1])
        self.reading.on_day(line_no, "DTPOSTED", day)
        amount_fen = _amount(line_no, "TRNAMT", entry.get("TRNAMT", ""))
        self.count += 1
        refs = (entry.get(name, "") for name in ("REFNUM", "CHECKNUM", "SRVRTID"))
        return Row(
            line_no=line_no,
            serial=cells.clean(entry.get("FITID", "")) or f"{day:%Y%m%d}#{self.count}",
            kind="in" if amount_fen >= 0 else "out",
            amount_fen=abs(amount_fen),
            at=_at(line_no, found),
            ref=cells.clean(next(filter(None, refs), "")),
            account_no=cells.clean(entry.get("ACCTID", "")),
        )


def _amount(line_no: int, name: str, text: str) -> int:
    """Fen; a plus sign and a decimal comma are how some banks write it."""
    text = text.removeprefix("+")
    if found := _COMMA.fullmatch(text):
        text = f"{found[1]}.{found[2]}"
    return cells.yuan(line_no, name, text, signed=True)


def _at(line_no: int, found: re.Match[str]) -> datetime | None:
    if found[2] is None:
        return None
    at = cells.compact_moment(line_no, "DTPOSTED", found[1] + found[2])
    if found[3] is None:
        return at
    minutes = int(Decimal(f"{found[3]}.{found[4] or 0}") * 60)
    try:
        zone = timezone(timedelta(minutes=minutes))
        return at.replace(tzinfo=zone).astimezone(_ZONE).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        reason = told("no such time: {!r}", found[0][:40])
        raise FileError(line_no, "DTPOSTED", reason, FileCode.FILE_TIME_INVALID) from error
