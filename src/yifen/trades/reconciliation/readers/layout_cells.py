"""A line of a described file to its cells, delimited or cut by bytes."""

import csv
from collections.abc import Callable
from itertools import accumulate

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.layout import FileLayout
from yifen.trades.reconciliation.readers.layout_check import ENCODINGS
from yifen.trades.reconciliation.readers.lines import decoded
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError

Split = Callable[[int, bytes], list[str]]


def splitter(layout: FileLayout) -> Split:
    """What turns the bytes of a line (with its end) into all its cells, from position 1 on."""
    encoding = ENCODINGS[layout.encoding.lower()]
    if layout.shape == "fixed":
        return _by_width(layout, encoding)
    return lambda line_no, raw: split(layout, line_no, decoded(line_no, raw, encoding))


def split(layout: FileLayout, line_no: int, text: str) -> list[str]:
    """The cells of a delimited line; FILE_CELLS_WRONG when a quote stays open."""
    if not layout.quote:
        return text.split(layout.delimiter) if layout.delimiter else text.split()
    rows = csv.reader([text], delimiter=layout.delimiter, quotechar=layout.quote, strict=True)
    try:
        (parts,) = rows
    except (csv.Error, ValueError) as error:
        raise FileError(line_no, "line", error.args[0], FileCode.FILE_CELLS_WRONG) from error
    return parts


def _by_width(layout: FileLayout, encoding: str) -> Split:
    """Bytes are sliced first and decoded after; padding on both sides is cut off."""
    widths = [column.width or 0 for column in sorted(layout.columns, key=lambda c: c.position)]
    ends = list(accumulate(widths))

    def cut(line_no: int, raw: bytes) -> list[str]:
        line = raw.removesuffix(b"\n").removesuffix(b"\r")
        if len(line) != ends[-1]:
            reason = told("{} bytes, not {}", len(line), ends[-1])
            raise FileError(line_no, "line", reason, FileCode.FILE_CELLS_WRONG)
        return [
            decoded(line_no, line[end - width : end], encoding).strip(" ")
            for end, width in zip(ends, widths, strict=True)
        ]

    return cut
