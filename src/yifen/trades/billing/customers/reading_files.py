"""抄表文件: readings by file. It is kept, or refused with each fault; one person sees what it would do and takes it,
whole, for it moves no money."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO, NamedTuple

from yifen.core.facts.days import FIRST_DAY, LAST_DAY
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face.filed.cells import (
    TEXT_MAX,
    CheckedRow,
    RowFault,
    by_key,
    day_of,
    is_number,
    plain,
    read_header,
    unless,
)
from yifen.face.filed.filing import Filing
from yifen.face.filed.keeping import digest_of
from yifen.face.filed.reading import encoding_of, rows_of
from yifen.trades.billing.codes import BillingCode as B
from yifen.trades.billing.customers.filed_rows import REGISTERS
from yifen.trades.billing.customers.files import BillingBiller, Conn, keep
from yifen.trades.billing.quantities import milli_of

READINGS = Filing(
    columns={
        "number": ("表号", "meter number"),
        "register": ("计量", "register"),
        "day": ("抄表日", "read on"),
        "value": ("读数", "reading"),
        "account_no": ("户号", "account number"),  # of a sheet that was printed: for people, it is read past
        "place": ("地址", "address"),
        "why": ("错误原因", "what is wrong"),
    },
    needed=("number", "day", "value"),
    encoding=B.CUSTOMERS_ENCODING, too_large=B.CUSTOMERS_TOO_LARGE, wrong_columns=B.CUSTOMERS_COLUMNS,
    broken=B.CUSTOMERS_BROKEN, empty=B.CUSTOMERS_EMPTY, cells=B.ROW_CELLS,
)  # fmt: skip
_SQL = queries(__package__)


class FiledReading(NamedTuple):
    """What a meter showed at the end of a day, in thousandths."""

    number: str
    register: str
    day: date
    value_milli: int


CheckedReading = CheckedRow[FiledReading]


def check(stream: BinaryIO) -> Iterator[CheckedReading]:
    """The header, then every row by itself. Refused as reading and header refuse."""
    lines = rows_of(stream, encoding_of(stream, READINGS), READINGS)
    line_no, header = next(lines, (0, []))
    keys = read_header(header, READINGS)
    yield CheckedReading(line_no, header, None, [])
    for number, cells in lines:
        row, faults = _row(keys, cells)
        yield CheckedReading(number, cells, row, faults)


def checked_by(
    conn: Conn, stream: BinaryIO, biller: BillingBiller, session: str, now: datetime
) -> Iterator[CheckedReading]:
    """Every row, as the books would have it now too, when all are right by themselves. Nothing is written."""
    lines = list(check(stream))
    if not any(line.faults for line in lines):
        with conn.transaction(force_rollback=True):
            codes = read_all(conn, biller.id, [line.row for line in lines[1:] if line.row], session, now)
        faulty = [[RowFault(result_code(code))] if code else [] for code in codes]
        lines[1:] = [line._replace(faults=faults) for line, faults in zip(lines[1:], faulty, strict=True)]
    yield from lines


def read_all(conn: Conn, biller_id: int, rows: Sequence[FiledReading], session: str, now: datetime) -> list[int]:
    """A code for each; nothing is written unless all are 0."""
    asked = {"session": session, "biller": biller_id, "kind": "read", "note": "", "now": now}
    row = conn.execute(_SQL["read"], asked | _arrays(rows)).fetchone()
    return list(row[0]) if row else []


def _arrays(rows: Sequence[FiledReading]) -> dict[str, list[Any]]:
    return {"numbers": [row.number for row in rows], "registers": [row.register for row in rows],
            "days": [row.day for row in rows], "values": [row.value_milli for row in rows]}  # fmt: skip


def _rows(stream: BinaryIO) -> list[FiledReading]:
    """Of a file that was right when it came."""
    return [line.row for line in check(stream) if line.row]


class SeenReading(NamedTuple):
    """A row of the file as it stands. `standing`: new, same, changed; `odd`: smaller, spike, or none. Thousandths of
    what the meter shows."""

    row: FiledReading
    standing: str
    odd: str | None
    account_no: str
    before_on: date
    before_milli: int
    used_milli: int
    mean_milli: int | None


def seen(conn: Conn, stream: BinaryIO, biller_id: int) -> list[SeenReading]:
    """What its rows would do now."""
    rows = _rows(stream)
    told = conn.execute(_SQL["reading_rows"], {"biller": biller_id} | _arrays(rows)).fetchall()
    return [SeenReading(rows[item - 1], *rest) for item, *rest in told]


def take(conn: Conn, file_id: int, stream: BinaryIO, session: str, now: datetime) -> int:
    """The readings of a file that was seen are written, all or none, once. Answers how many the books refuse by now."""
    asked = {"session": session, "file": file_id, "now": now}
    row = conn.execute(_SQL["read_file"], asked | _arrays(_rows(stream))).fetchone()
    return sum(code != 0 for code in row[0]) if row else 0


def take_in(
    conn: Conn, biller: BillingBiller, stream: BinaryIO, name: str, login: str, session: str, now: datetime
) -> int:
    """The file's number; the same bytes that were right are the same file. Nothing of it is read yet. One transaction.
    Refused as `check`, CUSTOMERS_TOO_LARGE."""
    digest, size = digest_of(stream, READINGS)
    with conn.transaction():
        known = conn.execute(_SQL["known_file"], (biller.id, "readings", digest)).fetchone()
        if known is not None:
            return int(known[0])
        lines = list(checked_by(conn, stream, biller, session, now))[1:]
        number: Any = conn.execute(_SQL["next_file"]).fetchone()
        wrong = sum(bool(line.faults) for line in lines)
        keep(conn, number[0], biller.id, "readings", stream, name, digest, size, len(lines), wrong, now, login)
        return int(number[0])


def _row(keys: Sequence[str], cells: Sequence[str]) -> tuple[FiledReading | None, list[RowFault]]:
    raw = by_key(keys, cells, READINGS)
    if isinstance(raw, RowFault):
        return None, [raw]
    cell = {key: plain(text)[: TEXT_MAX + 1] for key, text in raw.items()}
    day, value, register = day_of(cell["day"]), milli_of(cell["value"]), cell["register"].lower()
    faults = [
        unless(is_number(cell["number"]) and register in REGISTERS, B.ROW_METER),
        unless(isinstance(day, date) and FIRST_DAY <= day <= LAST_DAY, B.ROW_DAY, cell["day"]),
        unless(value is not None, B.ROW_NUMBER, cell["value"]),
    ]
    found = [fault for fault in faults if fault]
    if found or not isinstance(day, date) or value is None:
        return None, found
    return FiledReading(cell["number"], REGISTERS[register], day, value), []
