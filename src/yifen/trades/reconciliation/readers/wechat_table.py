"""WeChat Pay's bills as tables: a header, rows whose cells begin with a backtick, two totals lines.

The separator of rows is ",`", so that names may hold commas; the header's is ",". A byte order mark
may stand before it, the last line may end without LF, lines may end with CRLF. What the totals say
is kept for the reader of the bill; they must be there, and nothing may follow.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.lines import decoded, read_lines
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError

Cells = dict[str, str]


class BillLine(NamedTuple):
    """One line by the names of its columns; `totals` for the last line."""

    line_no: int
    cells: Cells
    totals: bool


def table(
    stream: BinaryIO, known: Callable[[str], str | None], required: frozenset[str]
) -> Iterator[BillLine]:
    """The rows, then the totals; `known` gives a column its neutral name, None when it has none."""
    columns: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    line_no, ended = 0, False
    for line_no, raw in read_lines(stream, crlf=True, open_end=True, bom=True):
        text = decoded(line_no, raw, "utf-8")
        if ended:
            raise FileError(line_no, "line", "after the totals", FileCode.FILE_AFTER_END)
        if not columns:
            columns = _header(line_no, text, known, required)
        elif text.startswith("`"):
            ended = bool(totals)
            yield BillLine(line_no, _cells(line_no, text, totals or columns), ended)
        elif totals:
            raise FileError(line_no, "line", "begins without a backtick", FileCode.FILE_CELLS_WRONG)
        else:
            totals = tuple(text.split(","))
    if not line_no:
        raise FileError(1, "line", "the file is empty", FileCode.FILE_EMPTY)
    if not ended:
        raise FileError(line_no + 1, "line", "the totals are missing", FileCode.FILE_TAIL_MISSING)


def of_names(line: BillLine, names: tuple[str, ...]) -> tuple[str, str] | None:
    """The first of these columns that the line has, and its cell."""
    return next(((name, line.cells[name]) for name in names if name in line.cells), None)


def total(line: BillLine, *names: str) -> tuple[str, str]:
    """A totals column by any of its names, and its cell; FILE_TAIL_MISSING without."""
    found = of_names(line, names)
    if found is None:
        reason = told("the totals have no {}", ' or '.join(names))
        raise FileError(line.line_no, names[0], reason, FileCode.FILE_TAIL_MISSING)
    return found


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


def _cells(line_no: int, text: str, columns: tuple[str, ...]) -> Cells:
    cells = text[1:].split(",`")
    if len(cells) != len(columns):
        reason = told("{} cells, but {} columns", len(cells), len(columns))
        raise FileError(line_no, "line", reason, FileCode.FILE_CELLS_WRONG)
    return dict(zip(columns, cells, strict=True))
