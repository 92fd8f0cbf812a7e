"""Whether a layout can be used, before a file is read by it: each mistake names its field."""

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.layout import FileLayout, FileLayoutColumn
from yifen.trades.reconciliation.reasons import named, told
from yifen.trades.reconciliation.rows import FileError

ENCODINGS = {"utf-8": "utf-8", "gb18030": "gb18030", "gbk": "gb18030"}
KINDS = ("sale", "refund", "void", "in", "out")
_TYPES = {
    "serial": ("text",), "kind": ("word", "text"), "amount": ("fen", "yuan"),
    "income": ("fen", "yuan"), "expense": ("fen", "yuan"),
    "fee": ("fen", "yuan"), "day": ("day", "moment"), "time": ("moment", "clock"),
    "original": ("text",), "ref": ("text",), "account_no": ("text",), "batch": ("text",),
}  # fmt: skip


def check_layout(layout: FileLayout) -> None:
    """FileError FILE_LAYOUT_INVALID (line 0); the column is the field of the layout."""
    _check_columns(layout.columns)
    if layout.encoding.lower() not in ENCODINGS:
        _refuse("encoding", told("{!r} is not UTF-8 or GB18030", layout.encoding))
    if layout.shape == "fixed":
        _check_fixed(layout)
    else:
        _check_delimited(layout)
    if layout.totals and layout.count_at is None and layout.amount_at is None:
        _refuse("totals", "neither count nor amount has a place in the totals line")
    if 0 in (layout.count_at, layout.amount_at):
        _refuse("count_at", "cells count from 1")


def words_of(column: FileLayoutColumn) -> dict[str, str]:
    """The kinds behind the words "01=sale,04=refund,99="; a word without a kind moves no money."""
    if column.type == "text":
        return {kind: kind for kind in KINDS}
    pairs = [pair.partition("=") for pair in column.words.split(",")]
    return {word.strip(): kind.strip() for word, _, kind in pairs}


def signs_of(column: FileLayoutColumn) -> dict[str, str]:
    """The kinds of an amount above and below zero, "+=in,-=out"; a sale and a refund without."""
    pairs = [pair.partition("=") for pair in (column.words or "+=sale,-=refund").split(",")]
    return {sign.strip(): kind.strip() for sign, _, kind in pairs}


def _check_columns(columns: tuple[FileLayoutColumn, ...]) -> None:
    positions = [column.position for column in columns]
    if len(set(positions)) != len(positions) or min(positions, default=0) < 1:
        _refuse("position", "positions count from 1 and stand once")
    targets = [column.target for column in columns if column.target]
    if len(set(targets)) != len(targets):
        _refuse("target", "two columns mean the same")
    halves = [target for target in targets if target in ("income", "expense")]
    if "amount" in targets and halves:
        _refuse("target", f"an amount and {halves[0]}")
    if "amount" not in targets and len(halves) < 2:
        _refuse("target", "no column is the amount, nor are there income and expense")
    if halves and "kind" in targets:
        _refuse("target", "income and expense tell the kind")
    for column in columns:
        _check_column(column)


def _check_column(column: FileLayoutColumn) -> None:
    if column.target and column.type not in _TYPES[column.target]:
        _refuse("type", told("{} cannot be written as {}", named(column.target), column.type))
    if column.target == "kind":
        words = words_of(column)
        if not all(words) or not set(words.values()) <= {"", *KINDS}:
            _refuse("words", told("not word=kind,…: {!r}", column.words[:60]))
    if column.target == "amount" and column.words:
        signs = signs_of(column)
        if set(signs) != {"+", "-"} or not set(signs.values()) <= set(KINDS):
            _refuse("words", told("not +=kind,-=kind: {!r}", column.words[:60]))
    if column.target in ("income", "expense") and column.words not in ("", "-"):
        _refuse("words", "only a minus, where amounts are written with one")


def _check_fixed(layout: FileLayout) -> None:
    if any(not column.width for column in layout.columns):
        _refuse("width", "every column of a fixed shape has a width")
    if sorted(column.position for column in layout.columns) != [*range(1, len(layout.columns) + 1)]:
        _refuse("position", "the columns of a fixed shape follow each other without a gap")
    if layout.named:
        _refuse("named", "a fixed shape has no named columns")


def _check_delimited(layout: FileLayout) -> None:
    if not layout.delimiter:
        _refuse("delimiter", "missing")
    if layout.quote and (len(layout.quote) != 1 or len(layout.delimiter) != 1):
        _refuse("quote", "quotes need a delimiter of one character")
    if not all(
        letter.isprintable() or letter == "\t" for letter in layout.delimiter + layout.quote
    ):
        _refuse("delimiter", "not printable")
    if layout.quote == layout.delimiter:
        _refuse("quote", "the quote is the delimiter")
    if layout.named and not layout.header_lines:
        _refuse("named", "named columns need a header line")


def _refuse(field: str, reason: str) -> None:
    raise FileError(0, field, reason, FileCode.FILE_LAYOUT_INVALID)
