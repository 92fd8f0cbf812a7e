"""What the day and time cells of a described line say; all lines are of one business day."""

from datetime import date, datetime, timedelta

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers import cells
from yifen.trades.reconciliation.readers.layout import FileLayoutColumn
from yifen.trades.reconciliation.readers.reading import Reading
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError

SPAN_MAX = timedelta(hours=25)  # a business day, wherever it is cut, and half an hour at both ends


class Times:
    """The columns by their targets; first and last moment so far."""

    def __init__(self, columns: dict[str, FileLayoutColumn], reading: Reading) -> None:
        self.columns, self.reading = columns, reading
        self.first: datetime | None = None
        self.last: datetime | None = None

    def day(self, line_no: int, cell: dict[str, str]) -> date | None:
        """The line's day, else the file's so far; FILE_TIME_INVALID, FILE_OF_ANOTHER_DAY."""
        if "day" not in cell:
            return self.reading.day
        name, text = self._name("day"), cell["day"]
        if self.columns["day"].type == "moment":
            day = cells.written_moment(line_no, name, text, self.reading.day).date()
        else:
            day = cells.written_day(line_no, name, text)
        self.reading.on_day(line_no, name, day)
        return day

    def at(self, line_no: int, cell: dict[str, str], day: date | None) -> datetime | None:
        """The line's moment; a time of day needs a day. FILE_OF_ANOTHER_DAY: the file's moments are of
        more than one business day."""
        if "time" not in cell:
            return None
        name, text = self._name("time"), cell["time"]
        if self.columns["time"].type != "moment":
            clock = cells.written_clock(line_no, name, text)
            return datetime.combine(day, clock) if day else None
        at = cells.written_moment(line_no, name, text, day)
        self.first, self.last = min(self.first or at, at), max(self.last or at, at)
        if self.last - self.first > SPAN_MAX:
            reason = told("of several days: {} to {}", self.first, self.last)
            raise FileError(line_no, name, reason, FileCode.FILE_OF_ANOTHER_DAY)
        if day is not None and abs((at.date() - day).days) > 1:
            raise FileError(line_no, name, told("{}, not {}", at, day), FileCode.FILE_OF_ANOTHER_DAY)
        return at

    def _name(self, target: str) -> str:
        column = self.columns[target]
        return column.name or f"{column.position}"
