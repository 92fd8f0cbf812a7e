"""What every layout of a debit file says: rows that ask, outcomes that answer, and why a file is refused as a whole."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from yifen.core.facts.codes import ResultCode
from yifen.core.facts.plug import Text
from yifen.trades.debits.codes import DebitCode

PLACES_MAX = 1_000_000
CUSTOMER_MAX, REF_MAX = 40, 40
FEN_MAX = 999_999_999_999


class DebitFileFault(Exception):
    """Nothing of the file is taken; the number, and where it is wrong."""

    def __init__(self, code: ResultCode, detail: str) -> None:
        super().__init__(f"{code.name} {detail}")
        self.code, self.detail = code, detail


class FiledRow(NamedTuple):
    """One debit that is asked for. `account`, `name`: of the payer, empty where the layout has none; `ref`: the bill,
    if it is named; `raw`: the row's bytes. `fault`: what is wrong with it, so that it is refused alone."""

    place: int
    customer: str
    account: str
    name: str
    ref: str
    fen: int
    due: date | None
    raw: bytes
    fault: str = ""


class DebitTotals(NamedTuple):
    """Of all rows, and of those that were debited."""

    rows: int
    fen: int
    ok: int
    ok_fen: int
    at: datetime


class DebitOutcome(NamedTuple):
    """What became of a row. `kind`: ok, short, account, other; `code`: our number, 0: it was debited; `words`: why
    not."""

    row: FiledRow
    kind: str
    code: int
    words: str
    paid_fen: int
    core_serial: str
    at: datetime


Head = Mapping[str, str]
Filed = tuple[dict[str, str], Iterator[FiledRow]]


class DebitLayout(NamedTuple):
    """A kind of file. `read`: its head and rows, DebitFileFault at the first look or once all rows were seen; `row`:
    one of such a file, without its line's end; `write`: a whole one; `result`: what goes back; `read_result`: of such
    a file (place, kind, fen taken), as its receiver reads it."""

    name: str
    title: Text
    read: Callable[[bytes], Filed]
    row: Callable[[FiledRow], bytes]
    write: Callable[[Head, Iterable[FiledRow]], Iterator[bytes]]
    result: Callable[[Head, DebitTotals, Iterable[DebitOutcome]], Iterator[bytes]]
    read_result: Callable[[bytes], Iterator[tuple[str, str, int]]]


def fault(code: DebitCode, where: str, why: str) -> DebitFileFault:
    return DebitFileFault(code, f"{where}: {why}")


def checked(rows: Iterable[FiledRow], count: str, fen: str, in_fen: Callable[[str], int]) -> Iterator[FiledRow]:
    """The rows; once all were seen, that they are as many, and add up to as much, as the head says: what a row asks
    for that cannot be read, nobody knows. DebitFileFault."""
    seen = total = unread = 0
    for row in rows:
        seen += 1
        total += row.fen
        unread += bool(row.fault) and not row.fen
        if seen > PLACES_MAX:
            raise DebitFileFault(DebitCode.DEBIT_TOO_LARGE, f"> {PLACES_MAX:,}")
        yield row
    try:
        told = int(count), in_fen(fen)
    except ValueError:
        raise fault(DebitCode.DEBIT_FILE_UNREADABLE, "head", f"{count!r}, {fen!r}") from None
    if told[0] != seen or told[1] < total or (told[1] > total and not unread):
        raise fault(DebitCode.DEBIT_TOTALS_WRONG, "head", f"{told[0]} / {told[1]} fen; rows: {seen} / {total} fen")


def digits(text: str) -> int:
    """ValueError: it is no plain number."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)


def amount(text: str) -> int:
    """Fen, of a row: more than nothing. ValueError."""
    fen = digits(text)
    if not 0 < fen <= FEN_MAX:
        raise ValueError(text)
    return fen


def due_day(text: str) -> date | None:
    """yyyyMMdd, or nothing. ValueError."""
    if not text.strip("0 "):
        return None
    if len(text) != 8:
        raise ValueError(text)
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))
