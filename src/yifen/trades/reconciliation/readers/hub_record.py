"""One line of the hub's daily file, text or JSON, back to its struct."""

from typing import Any, NamedTuple

import msgspec

from yifen.core.facts.codes import ResultCode
from yifen.core.facts.daily_cells import (
    DailyColumn,
    DailyFileError,
    text_of_json,
    unescaped,
    value_of_text,
)
from yifen.core.facts.daily_file import (
    HEAD_COLUMNS,
    LINE_COLUMNS,
    TAIL_COLUMNS,
    VERSION,
    DailyHead,
    DailyLine,
    DailyTail,
    check_line,
    json_head,
    json_line,
    json_tail,
)
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.reasons import told

_CODES = {
    "version": FileCode.FILE_VERSION,
    "kind": FileCode.FILE_KIND_UNKNOWN,
    "type": FileCode.FILE_KIND_UNKNOWN,
    "serial": FileCode.FILE_SERIAL_MISSING,
    "original_serial": FileCode.FILE_ORIGINAL_WRONG,
    "amount_fen": FileCode.FILE_AMOUNT_INVALID,
    "reversed_fen": FileCode.FILE_AMOUNT_INVALID,
    "business_day": FileCode.FILE_TIME_INVALID,
    "paid_at": FileCode.FILE_TIME_INVALID,
    "booked_at": FileCode.FILE_TIME_INVALID,
}

DailyRecord = DailyHead | DailyLine | DailyTail


class RecordError(DailyFileError):
    """A line that is not built as one, with the code of the breach."""

    def __init__(self, column: str, reason: str, code: ResultCode) -> None:
        super().__init__(column, told(reason))
        self.code = code


def code_of(error: DailyFileError) -> ResultCode:
    """The code of a breach: the line's own, else that of the column that does not fit."""
    if isinstance(error, RecordError):
        return error.code
    return _CODES.get(error.column, FileCode.FILE_CELL_INVALID)


class _Shape(NamedTuple):
    """Which struct a line gives, and its columns."""

    struct: type[DailyRecord]
    columns: tuple[DailyColumn, ...]


_HEAD, _LINE, _TAIL = (
    _Shape(DailyHead, HEAD_COLUMNS), _Shape(DailyLine, LINE_COLUMNS),
    _Shape(DailyTail, TAIL_COLUMNS),
)  # fmt: skip
_BY_TAG = {"H": _HEAD, "D": _LINE, "T": _TAIL}
_BY_TYPE = {"head": _HEAD, "charge": _LINE, "reverse": _LINE, "refund": _LINE, "tail": _TAIL}
_VERSION = DailyColumn("version", "number")
_FIELDS = msgspec.json.Decoder(dict[str, str | int | None])


def text_record(raw: bytes, encoding: str) -> DailyRecord:
    """The struct of one text line with its LF; DailyFileError names the column it breaks."""
    try:
        tag, *cells = raw.decode(encoding).removesuffix("\n").split("|")
    except UnicodeDecodeError as error:
        reason = told("not {}: byte {}", encoding, error.start + 1)
        raise RecordError("line", reason, FileCode.FILE_ENCODING) from error
    shape = _BY_TAG.get(tag)
    if shape is None:
        reason = told("begins with {!r}, not H, D or T", tag[:20])
        raise RecordError("line", reason, FileCode.FILE_KIND_UNKNOWN)
    if shape is _HEAD:
        _check_version(cells.pop(0) if cells else "")
    if len(cells) < len(shape.columns):
        name = shape.columns[len(cells)].name
        raise RecordError(name, "missing", FileCode.FILE_CELLS_WRONG)
    if extra := len(cells) - len(shape.columns):
        reason = told("{} cells too many after it", extra)
        raise RecordError(shape.columns[-1].name, reason, FileCode.FILE_CELLS_WRONG)
    return _built(shape, list(map(unescaped, shape.columns, cells)))


def json_record(raw: bytes) -> DailyRecord:
    """The struct of one JSON line with its LF; DailyFileError names the key it breaks.

    The line must be written exactly as the writer does it: so a repeated key is refused.
    """
    fields = _fields(raw)
    kind = fields.pop("type", None)
    shape = _BY_TYPE.get(kind) if isinstance(kind, str) else None
    if shape is None:
        raise DailyFileError("type", told("unknown: {!r}", str(kind)[:50]))
    if shape is _HEAD:
        _check_version(text_of_json(_VERSION, fields.pop("version", None)))
    if shape is _LINE:
        fields["kind"] = kind
    record = _built(shape, _json_cells(shape, fields))
    if _written(record) != raw:
        reason = "not as written by the hub: key order, repeat or blanks"
        raise RecordError("line", reason, FileCode.FILE_BROKEN)
    return record


def _fields(raw: bytes) -> dict[str, Any]:
    try:
        return _FIELDS.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = told("not a flat JSON object: {}", error)
        raise RecordError("line", reason, FileCode.FILE_BROKEN) from error


def _json_cells(shape: _Shape, fields: dict[str, Any]) -> list[str]:
    names = {column.name for column in shape.columns}
    for name in fields:
        if name not in names:
            raise RecordError(name[:40], "unknown key", FileCode.FILE_COLUMN_UNKNOWN)
    for column in shape.columns:
        if column.name not in fields:
            raise RecordError(column.name, "missing", FileCode.FILE_COLUMN_MISSING)
    return [text_of_json(column, fields[column.name]) for column in shape.columns]


def _check_version(text: str) -> None:
    if text != str(VERSION):
        raise DailyFileError("version", told("{!r}, not {}", text[:20], VERSION))


def _built(shape: _Shape, cells: list[str]) -> DailyRecord:
    values = [
        value_of_text(column, cell) for column, cell in zip(shape.columns, cells, strict=True)
    ]
    record = shape.struct(*values)
    return check_line(record) if isinstance(record, DailyLine) else record


def _written(record: DailyRecord) -> bytes:
    match record:
        case DailyHead():
            return json_head(record)
        case DailyLine():
            return json_line(record)
        case DailyTail():
            return json_tail(record)
