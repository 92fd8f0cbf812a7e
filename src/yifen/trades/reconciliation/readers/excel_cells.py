"""The cells of an Excel workbook as lines of JSON: a process of its own, with its own bounds, for a
workbook can make its decoder take any memory. Reads standard input, writes [sheet, …], then row by row,
and row 0 at the end."""

import io
import json
import resource
import sys
from datetime import date, datetime, time
from decimal import Decimal

MEMORY_MAX = 1 << 30  # bytes
SECONDS_MAX = 60
DIGITS_MAX = 15  # more than these Excel does not keep of a number
ROWS_MAX = 1 << 20


def text_of(value: object) -> str:
    """One cell as text: numbers exact, times as yyyy-MM-dd HH:mm:ss."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None, microsecond=0).isoformat(" ")
    if isinstance(value, date):
        return f"{value} 00:00:00"  # the decoder's way of midnight
    if isinstance(value, time):
        return value.replace(tzinfo=None, microsecond=0).isoformat()
    return "" if value is None else " ".join(str(value).split())


def _number(value: float) -> str:
    """Fifteen digits, as Excel shows them; a blank in it where digits are lost, so that it is no serial."""
    exact = Decimal(f"{value:.{DIGITS_MAX}g}")
    if abs(exact) >= Decimal(10) ** DIGITS_MAX:
        return f"inexact {exact}"
    return f"{exact.normalize():f}" if exact else "0"


def main() -> None:
    for what, bound in ((resource.RLIMIT_AS, MEMORY_MAX), (resource.RLIMIT_CPU, SECONDS_MAX)):
        resource.setrlimit(what, (bound, bound))
    from python_calamine import load_workbook

    book = load_workbook(io.BytesIO(sys.stdin.buffer.read()))
    out = sys.stdout
    out.write(json.dumps(book.sheet_names) + "\n")
    sheet = book.get_sheet_by_index(0)
    begin = sheet.start[0] if sheet.start else 0
    for number, row in enumerate(sheet.to_python(skip_empty_area=True)[:ROWS_MAX], begin + 1):
        out.write(json.dumps([number, [text_of(cell) for cell in row]]) + "\n")
    out.write("[0, []]\n")


if __name__ == "__main__":
    main()
