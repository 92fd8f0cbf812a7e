"""Reader of the acquirer portal's export (银联商务对账明细): tab separated, UTF-8, in two forms.

The WAP form has no header and no totals: lines of tabs alone stand above the rows, the portal's caption
below them, and columns that no known file fills are not read. The netbank form (网银) begins with the
caption and has its columns' names, its period and its totals. How the portal writes a void or a return is
known from no file: an amount below zero is expected.
"""

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.lines import decoded, read_lines
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.readers.ums_netbank import NetbankForm
from yifen.trades.reconciliation.readers.ums_row import Cells, row_of
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row

COLUMNS = (
    "settlement_day", "date", "time", "amount", "terminal", "net", "fee", "trace", "kind",
    "reference", "card", "merchant", "bank", "card_type", "", "", "", "order_amount", "", "", "",
)  # fmt: skip
CAPTION = "对账明细查询结果"
PREAMBLE_MAX = 20


def open_ums(stream: BinaryIO, hints: Hints) -> Reading:
    """serial: the reference number (检索参考号); ref: terminal and trace; batch: the merchant, whose
    net is paid in one sum; fee: negative when we pay it. Day (settlement day) and owner (merchant)
    stand in every row. Without the caption below the rows, or the totals, the file is cut off."""
    return Reading(hints, partial(_rows, stream))


def _rows(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    line_no, begun, ended = 0, False, False
    netbank: NetbankForm | None = None
    for line_no, raw in read_lines(stream, crlf=True, open_end=True, bom=True):
        line = decoded(line_no, raw, "utf-8")
        if netbank is not None:
            yield from netbank.took(line_no, line)
        elif line.startswith(CAPTION) and not begun:
            netbank = NetbankForm(reading)
        elif line.startswith(CAPTION):
            ended = True
        elif ended:
            raise FileError(line_no, "line", "after the caption", FileCode.FILE_AFTER_END)
        elif not begun and not line.strip("\t") and line_no <= PREAMBLE_MAX:
            continue
        else:
            begun = True
            yield row_of(line_no, _cells(line_no, line.split("\t")), reading)
    if not line_no:
        raise FileError(1, "line", "the file is empty", FileCode.FILE_EMPTY)
    if netbank is not None:
        netbank.finish(line_no)
    elif not ended:
        raise FileError(line_no + 1, "line", "the caption is missing", FileCode.FILE_TAIL_MISSING)
    reading.whole = True


def _cells(line_no: int, parts: list[str]) -> Cells:
    if len(parts) != len(COLUMNS):
        reason = told("{} cells, not {}", len(parts), len(COLUMNS))
        raise FileError(line_no, "line", reason, FileCode.FILE_CELLS_WRONG)
    return dict(zip(COLUMNS, parts, strict=True))
