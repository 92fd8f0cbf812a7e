"""Numbers of papers, without I/O: as people type and read them, and two books compared number by number."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from yifen.core.facts.paper_numbers import FULL_WIDTH
from yifen.core.facts.refused import Refused
from yifen.trades.invoices.codes import InvoiceCode

_SPAN = re.compile(r"(\d{1,12})(?:\s*[-–—~至]\s*(\d{1,12}))?")
RANGES_MAX = 200
FILE_BYTES_MAX = 4 << 20


class NumberSpan(NamedTuple):
    """Numbers from first to last, both of them."""

    first: int
    last: int

    @property
    def pieces(self) -> int:
        return self.last - self.first + 1


class BooksCompared(NamedTuple):
    """The bank's used numbers against the company's: those that both have, and each direction's own."""

    both: int
    ours_only: list[NumberSpan]
    theirs_only: list[NumberSpan]


def spans(typed: str, most: int = RANGES_MAX) -> list[NumberSpan]:
    """`00012346-00012400, 12500`: in order, none twice. Refused: INVOICE_NUMBER_INVALID."""
    found = []
    for piece in re.split(r"[,;，；、\s]+(?![-–—~至])", _joined(typed)):
        if not piece:
            continue
        match = _SPAN.fullmatch(piece)
        if match is None:
            raise Refused(InvoiceCode.INVOICE_NUMBER_INVALID, "numbers", piece[:30])
        first = int(match[1])
        found.append(NumberSpan(first, int(match[2] or first)))
    wrong = next((span for span in found if span.last < span.first), None)
    if wrong or len(found) > most:
        raise Refused(InvoiceCode.INVOICE_NUMBER_INVALID, "numbers", f"{wrong.first}-{wrong.last}" if wrong else "")
    return merged(found)


def _joined(typed: str) -> str:
    return re.sub(r"\s*([-–—~至])\s*", r"\1", typed.translate(FULL_WIDTH).strip())


def merged(found: Iterable[NumberSpan]) -> list[NumberSpan]:
    """Neighbours and what lies over each other are one."""
    rows: list[NumberSpan] = []
    for span in sorted(found):
        if rows and span.first <= rows[-1].last + 1:
            rows[-1] = NumberSpan(rows[-1].first, max(rows[-1].last, span.last))
        else:
            rows.append(span)
    return rows


def without(left: Iterable[NumberSpan], right: Iterable[NumberSpan]) -> list[NumberSpan]:
    """The numbers of the left side that the right one lacks."""
    rows: list[NumberSpan] = []
    taken = merged(right)
    for span in merged(left):
        first = span.first
        for gone in taken:
            if gone.last < first or gone.first > span.last:
                continue
            if gone.first > first:
                rows.append(NumberSpan(first, gone.first - 1))
            first = gone.last + 1
        if first <= span.last:
            rows.append(NumberSpan(first, span.last))
    return rows


def count(found: Iterable[NumberSpan]) -> int:
    """How many numbers."""
    return sum(span.pieces for span in found)


def compared(ours: Iterable[NumberSpan], theirs: Iterable[NumberSpan]) -> BooksCompared:
    """Number by number, both directions."""
    ours, theirs = merged(ours), merged(theirs)
    ours_only = without(ours, theirs)
    return BooksCompared(count(ours) - count(ours_only), ours_only, without(theirs, ours))


def company_file(body: bytes) -> list[NumberSpan]:
    """The company's file of used numbers: a number a line, or first-last; a heading and what stands behind a comma or
    a tab is passed over. Refused: INVOICE_FILE_UNREADABLE."""
    if len(body) > FILE_BYTES_MAX:
        raise Refused(InvoiceCode.INVOICE_FILE_UNREADABLE, "file")
    try:
        lines = body.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        lines = body.decode("gb18030", errors="replace").splitlines()
    found = []
    for number, line in enumerate(lines, 1):
        first = re.split(r"[,，\t;|]", line.translate(FULL_WIDTH).strip())[0].strip().strip('"')
        match = _SPAN.fullmatch(first)
        if match is None or int(match[2] or match[1]) < int(match[1]):
            if not first or number == 1:
                continue
            raise Refused(InvoiceCode.INVOICE_FILE_UNREADABLE, "file", str(number))
        found.append(NumberSpan(int(match[1]), int(match[2] or match[1])))
    if not found:
        raise Refused(InvoiceCode.INVOICE_FILE_UNREADABLE, "file")
    return merged(found)


def shown(number: int | None, digits: int) -> str:
    """A number with all its digits, as it stands on the paper."""
    return "" if number is None else f"{number:0{digits}d}"


def shown_spans(found: Iterable[NumberSpan], digits: int) -> str:
    """`00012346–00012400、00012500`."""
    return "、".join(shown(span.first, digits) + (f"–{shown(span.last, digits)}" if span.pieces > 1 else "")
                    for span in found)  # fmt: skip


def multirange(text: str) -> list[NumberSpan]:
    """PostgreSQL's `{[5,8),[9,10)}`."""
    return [NumberSpan(int(first), int(last) - 1) for first, last in re.findall(r"\[(\d+),(\d+)\)", text)]
