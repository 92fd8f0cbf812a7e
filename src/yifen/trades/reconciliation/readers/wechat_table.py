"""WeChat Pay's bills as tables: a header, rows whose cells begin with a backtick, two totals lines.

The separator of rows is ",`", so that names may hold commas; the header's is ",". A byte order mark
may stand before it, the last line may end without LF, lines may end with CRLF. What the totals say
is kept for the reader of the bill; they must be there, and nothing may follow.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.columns import Columns, TextFile, Unusual, cut, rows_of
from yifen.trades.reconciliation.readers.lines import FileLines
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError, Row

MARK = ",`"


class BillTotals(NamedTuple):
    """The last line by the names of its columns."""

    line_no: int
    cells: dict[str, str]

    def of(self, *names: str) -> tuple[str, str]:
        """A column by any of its names, and its cell; FILE_TAIL_MISSING without."""
        for name in names:
            if name in self.cells:
                return name, self.cells[name]
        reason = told("the totals have no {}", " or ".join(names))
        raise FileError(self.line_no, names[0], reason, FileCode.FILE_TAIL_MISSING)


def table(
    stream: BinaryIO,
    known: Callable[[str], str | None],
    required: frozenset[str],
    rows: Callable[[Columns], list[Row]],
    check: Callable[[BillTotals], None],
) -> Iterator[Sequence[Row]]:
    """The rows that `rows` makes, then the totals to `check`; `known` gives a column its neutral name,
    None when it has none."""
    bill = _Bill(known, required, rows, check)
    yield from rows_of(stream, bill)
    bill.finish()


class _Bill(TextFile):
    """One pass over a bill."""

    def __init__(
        self,
        known: Callable[[str], str | None],
        required: frozenset[str],
        rows: Callable[[Columns], list[Row]],
        check: Callable[[BillTotals], None],
    ) -> None:
        super().__init__(FileLines(crlf=True, open_end=True, bom=True))
        self.known, self.required, self.rows, self.check = known, required, rows, check
        self.columns: tuple[str, ...] = ()
        self.totals: tuple[str, ...] = ()
        self.ended = False

    def took(self, line_no: int, text: str) -> Iterable[Row]:
        if self.ended:
            raise FileError(line_no, "line", "after the totals", FileCode.FILE_AFTER_END)
        if not self.columns:
            self.columns = _header(line_no, text, self.known, self.required)
        elif not text.startswith("`"):
            if self.totals:
                raise FileError(
                    line_no, "line", "begins without a backtick", FileCode.FILE_CELLS_WRONG
                )
            self.totals = tuple(text.split(","))
        else:
            names = self.totals or self.columns
            cells = text[1:].split(MARK)
            if len(cells) != len(names):
                reason = told("{} cells, but {} columns", len(cells), len(names))
                raise FileError(line_no, "line", reason, FileCode.FILE_CELLS_WRONG)
            if not self.totals:
                rows = self.rows(cut((line_no,), names, [cells]))
                self.ready = True  # day, owner and currency are the first row's
                return rows
            self.ended = True
            self.check(BillTotals(line_no, dict(zip(names, cells, strict=True))))
        return ()

    def took_many(self, line_nos: Sequence[int], texts: list[str]) -> list[Row]:
        if self.totals or "\n".join(["", *texts]).count("\n`") != len(texts):
            raise Unusual
        return self.rows(cut(line_nos, self.columns, [text[1:].split(MARK) for text in texts]))

    def finish(self) -> None:
        line_no = self.lines.line_no
        if not line_no:
            raise FileError(1, "line", "the file is empty", FileCode.FILE_EMPTY)
        if not self.ended:
            raise FileError(
                line_no + 1, "line", "the totals are missing", FileCode.FILE_TAIL_MISSING
            )


def _header(
    line_no: int, text: str, known: Callable[[str], str | None], required: frozenset[str]
) -> tuple[str, ...]:
    columns: list[str] = []
    for name in text.split(","):
        column = known(name)
        if column is None or column in columns:
            reason = "unknown column" if column is None else "repeated column"
            code = FileCode.FILE_COLUMN_UNKNOWN if columns else FileCode.FILE_HEAD_MISSING
            raise FileError(line_no, name[:40], reason, code)
        columns.append(column)
    if missing := sorted(required - set(columns)):
        raise FileError(line_no, missing[0], "the column is missing", FileCode.FILE_COLUMN_MISSING)
    return tuple(columns)
