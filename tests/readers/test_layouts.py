"""Descriptions of files that cannot be used, each refused by its field; and what usable ones allow."""
# ruff: noqa: DTZ001 (times here are local wall clock, without a zone by contract)

import io
from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from tests.readers.files import EVERBRIGHT, FIXED, NAMED, column
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.layout import FileLayout
from yifen.trades.reconciliation.readers.layout_check import check_layout
from yifen.trades.reconciliation.readers.layout_file import open_layout
from yifen.trades.reconciliation.readers.reading import Hints
from yifen.trades.reconciliation.rows import FileError, Row

SERIAL, AMOUNT = column(1, "s", "text", "serial"), column(2, "a", "fen", "amount")
PLAIN = FileLayout(code="plain", shape="delimited", columns=(SERIAL, AMOUNT))
WRONG: list[tuple[FileLayout, dict[str, Any], str]] = [
    (PLAIN, {"encoding": "UTF-16"}, "encoding"),
    (PLAIN, {"totals": "last"}, "totals"),
    (PLAIN, {"totals": "last", "count_at": 0}, "count_at"),
    (PLAIN, {"columns": ()}, "position"),
    (PLAIN, {"columns": (SERIAL, AMOUNT, column(2, "x", "text"))}, "position"),
    (PLAIN, {"columns": (column(0, "s", "text", "serial"), AMOUNT)}, "position"),
    (PLAIN, {"columns": (SERIAL,)}, "target"),
    (PLAIN, {"columns": (SERIAL, column(2, "i", "yuan", "income"))}, "target"),
    (PLAIN, {"columns": (AMOUNT, column(1, "i", "yuan", "income"))}, "target"),
    (PLAIN, {"columns": (SERIAL, column(2, "a", "fen", "amount", words="+=in"))}, "words"),
    (PLAIN, {"columns": (SERIAL, column(2, "a", "fen", "amount", words="+=in,-=gone"))}, "words"),
    (PLAIN, {"columns": (column(1, "i", "yuan", "income", words="+"),
                         column(2, "e", "yuan", "expense"))}, "words"),
    (PLAIN, {"columns": (column(1, "i", "yuan", "income"), column(2, "e", "yuan", "expense"),
                         column(3, "k", "word", "kind", words="1=in"))}, "target"),
    (PLAIN, {"columns": (SERIAL, AMOUNT, column(3, "x", "fen", "amount"))}, "target"),
    (PLAIN, {"columns": (SERIAL, column(2, "a", "text", "amount"))}, "type"),
    (PLAIN, {"columns": (SERIAL, AMOUNT, column(3, "k", "word", "kind"))}, "words"),
    (PLAIN, {"columns": (SERIAL, AMOUNT, column(3, "k", "word", "kind", words="1=sold"))}, "words"),
    (FIXED, {"columns": (*FIXED.columns[:-1], column(7, "n", "text", width=9))}, "position"),
    (FIXED, {"columns": (*FIXED.columns[:-1], column(5, "n", "text"))}, "width"),
    (FIXED, {"named": True}, "named"),
    (PLAIN, {"delimiter": ""}, "delimiter"),
    (PLAIN, {"delimiter": "\n"}, "delimiter"),
    (PLAIN, {"quote": "|"}, "quote"),
    (PLAIN, {"quote": '"', "delimiter": "||"}, "quote"),
    (PLAIN, {"named": True}, "named"),
]


@pytest.mark.parametrize(("layout", "changes", "field"), WRONG)
def test_a_layout_that_cannot_be_used_names_its_field(
    layout: FileLayout, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(FileError) as caught:
        check_layout(msgspec.structs.replace(layout, **changes))
    found = caught.value
    assert (found.code, found.line_no, found.column) == (FileCode.FILE_LAYOUT_INVALID, 0, field)


def test_the_layouts_of_the_samples_can_be_used() -> None:
    for layout in (PLAIN, EVERBRIGHT, FIXED, NAMED):
        check_layout(layout)


def rows_of(layout: FileLayout, text: str, day: date | None = None) -> list[Row]:
    return list(open_layout(io.BytesIO(text.encode()), Hints(layout=layout, day=day)))


def test_without_a_kind_the_sign_tells_a_sale_from_a_refund() -> None:
    assert rows_of(PLAIN, "S1|100\nS2|-40\n") == [Row(1, "S1", "sale", 100),
                                                  Row(2, "S2", "refund", 40)]  # fmt: skip


def test_a_file_without_totals_and_header_may_be_empty_but_not_cut_off() -> None:
    assert rows_of(PLAIN, "") == []
    with pytest.raises(FileError, match="line 2, column line: cut off") as caught:
        rows_of(PLAIN, "S1|100\nS2|4")
    assert caught.value.code is FileCode.FILE_CUT_OFF


def test_a_total_of_the_count_alone_does_not_show_a_cut_amount() -> None:
    counted = msgspec.structs.replace(PLAIN, totals="first", count_at=1)
    assert len(rows_of(counted, "2|\nS1|100\nS2|40\n")) == 2
    with pytest.raises(FileError, match="line 3, column line: cut off"):
        rows_of(counted, "2|\nS1|100\nS2|4")


def test_totals_without_a_mark_are_the_last_line() -> None:
    last = msgspec.structs.replace(PLAIN, totals="last", amount_at=2)
    assert rows_of(last, "S1|100\nS2|40\nsum|140") == rows_of(PLAIN, "S1|100\nS2|40\n")
    with pytest.raises(FileError, match="line 2, column amount: 40, but the lines give 100"):
        rows_of(last, "S1|100\nS2|40\n")


def test_a_clock_needs_a_day_from_a_column_or_from_the_caller() -> None:
    clock = msgspec.structs.replace(
        PLAIN, columns=(SERIAL, AMOUNT, column(3, "t", "clock", "time")), delimiter="\t"
    )
    assert rows_of(clock, "S1\t1\t093000\n", date(2026, 11, 24))[0].at == datetime(
        2026, 11, 24, 9, 30
    )
    assert rows_of(clock, "S1\t1\t093000\n")[0].at is None


def test_an_unused_cell_may_hold_anything_printable_and_a_used_one_loses_its_tabs() -> None:
    noted = msgspec.structs.replace(
        PLAIN, columns=(SERIAL, AMOUNT, column(3, "n", "text", "batch"), column(4, "x", "text"))
    )
    assert rows_of(noted, "S1|1| a\t b |\\.\n")[0].batch == "a b"


def test_a_day_in_a_moment_is_the_rows_day() -> None:
    dated = msgspec.structs.replace(
        PLAIN, columns=(SERIAL, AMOUNT, column(3, "d", "moment", "day"))
    )
    reading = open_layout(io.BytesIO(b"S1|1|20261124235959\n"), Hints(layout=dated))
    assert [row.serial for row in reading] == ["S1"]
    assert reading.day == date(2026, 11, 24)
    with pytest.raises(FileError, match="line 2, column d: 2026-11-25, not 2026-11-24"):
        rows_of(dated, "S1|1|20261124235959\nS2|1|20261125000000\n")
