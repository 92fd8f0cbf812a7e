"""A list as CSV: UTF-8 with a mark that spreadsheets look for, and no cell that they would run."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from io import StringIO
from typing import Any

from django.utils import timezone

from yifen.core.facts.money import format_yuan
from yifen.face.exports.rows import cells, heads
from yifen.face.lists.keys import Kind
from yifen.face.lists.listing import ListAsk, Listing, Row

MARK = b"\xef\xbb\xbf"
BLANKS = ("\t", "\r", "\n")  # which some programs pass over
RUNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # what begins a formula somewhere
LINES_AT_ONCE = 500


def csv_chunks(listing: Listing, ask: ListAsk, rows: Iterable[Row]) -> Iterator[bytes]:
    """The file, in pieces."""
    kinds = [column.kind for column in listing.in_files]
    text = StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(harmless(head) for head in heads(listing))
    yield MARK
    for number, row in enumerate(rows, 1):
        lines.writerow(
            shown(kind, value) for kind, value in zip(kinds, cells(listing, row, ask), strict=True)
        )
        if number % LINES_AT_ONCE == 0:
            yield _taken(text)
    yield _taken(text)


def shown(kind: Kind, value: Any) -> str:
    """A cell: amounts in yuan, times as the clock on the wall says; text made harmless."""
    match kind, value:
        case _, None:
            return ""
        case "amount", int():
            return format_yuan(value)
        case "num", int():
            return str(value)
        case _, datetime():
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
        case _, date():
            return value.isoformat()
    return harmless(str(value))


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that could be has an apostrophe before."""
    return f"'{text}" if text.strip().startswith(RUNS) or text.startswith(BLANKS) else text


def _taken(text: StringIO) -> bytes:
    found = text.getvalue().encode("utf-8", "replace")
    text.seek(0)
    text.truncate()
    return found
