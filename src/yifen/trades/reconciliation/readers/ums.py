"""Reader of the acquirer portal's export (银联商务对账明细): tab separated, UTF-8, in two forms.

The WAP form has no header and no totals: lines of tabs alone stand above the rows, the portal's caption
below them, and columns that no known file fills are not read. The netbank form (网银) begins with the
caption and has its columns' names, its period and its totals. How the portal writes a void or a return is
known from no file: an amount below zero is expected.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import BinaryIO

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import columns
from yifen.trades.reconciliation.readers.lines import FileLines
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.readers.ums_netbank import NetbankForm
from yifen.trades.reconciliation.readers.ums_row import rows_of
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
    return Reading(hints, lambda reading: chain.from_iterable(_rows(stream, reading)))


def _rows(stream: BinaryIO, reading: Reading) -> Iterator[Sequence[Row]]:
    export = _Export(reading)
    yield from columns.rows_of(stream, export)
    export.finish()
    reading.whole = True


class _Export(columns.TextFile):
    """One pass over an export; its first line tells the form."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(FileLines(crlf=True, open_end=True, bom=True))
        self.reading = reading
        self.netbank: NetbankForm | None = None
        self.ended = False

    def took(self, line_no: int, text: str) -> Iterable[Row]:
        rows: list[Row] = []
        if self.netbank is not None:
            rows = self.netbank.took(line_no, text)
        elif text.startswith(CAPTION):
            if self.ready:
                self.ended = True
            else:
                self.netbank = NetbankForm(self.reading)
        elif self.ended:
            raise FileError(line_no, "line", "after the caption", FileCode.FILE_AFTER_END)
        elif self.ready or text.strip("\t") or line_no > PREAMBLE_MAX:
            self.ready = True
            parts = text.split("\t")
            if len(parts) != len(COLUMNS):
                reason = told("{} cells, not {}", len(parts), len(COLUMNS))
                raise FileError(line_no, "line", reason, FileCode.FILE_CELLS_WRONG)
            rows = rows_of(columns.cut((line_no,), COLUMNS, [parts]), self.reading)
        self.ready = self.ready or bool(rows)
        return rows

    def took_many(self, line_nos: Sequence[int], texts: list[str]) -> list[Row]:
        parts = [text.split("\t") for text in texts]
        if self.netbank is not None:
            return self.netbank.took_many(line_nos, parts)
        if self.ended:
            raise columns.Unusual
        return rows_of(columns.cut(line_nos, COLUMNS, parts), self.reading)

    def finish(self) -> None:
        """The file is over."""
        line_no = self.lines.line_no
        if not line_no:
            raise FileError(1, "line", "the file is empty", FileCode.FILE_EMPTY)
        if self.netbank is not None:
            self.netbank.finish(line_no)
        elif not self.ended:
            raise FileError(
                line_no + 1, "line", "the caption is missing", FileCode.FILE_TAIL_MISSING
            )
