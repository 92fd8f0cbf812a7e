"""What described files write: each way once, delimited and in Excel."""
# ruff: noqa: DTZ001 (times here are local wall clock, without a zone by contract)

import io
from datetime import date, datetime
from typing import Any

import msgspec
import pytest
import xlsxwriter

from tests.readers.files import column, packed
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.layout import FileLayout
from yifen.trades.reconciliation.readers.registry import Hints, open_file
from yifen.trades.reconciliation.rows import FileError, Row

DAY = date(2026, 11, 23)
SERIAL, AMOUNT = column(1, "流水号", "text", "serial"), column(2, "金额", "yuan", "amount")
PLAIN = FileLayout(code="plain", shape="delimited", delimiter=",", columns=(SERIAL, AMOUNT))
NAMED = msgspec.structs.replace(PLAIN, header_lines=1, named=True)


def rows_of(layout: FileLayout, data: str | bytes, day: date | None = DAY) -> list[Row]:
    raw = data.encode() if isinstance(data, str) else data
    return list(open_file("layout", io.BytesIO(raw), Hints(layout=layout, day=day)))


def refused(layout: FileLayout, data: str | bytes, day: date | None = DAY) -> tuple[FileCode, str]:
    with pytest.raises(FileError) as caught:
        rows_of(layout, data, day)
    assert isinstance(caught.value.code, FileCode)
    return caught.value.code, str(caught.value)


def with_third(type: str, target: str, **more: Any) -> FileLayout:
    third = column(3, "三", type, target, **more)
    return msgspec.structs.replace(PLAIN, columns=(SERIAL, AMOUNT, third))


@pytest.mark.parametrize(("type", "text", "at"), [
    ("moment", "20261123101112", datetime(2026, 11, 23, 10, 11, 12)),
    ("moment", "2026-11-23 10:11:12", datetime(2026, 11, 23, 10, 11, 12)),
    ("moment", "2026-11-23T10:11:12", datetime(2026, 11, 23, 10, 11, 12)),
    ("moment", "2026/11/23 10:11:12", datetime(2026, 11, 23, 10, 11, 12)),
    ("moment", "2026/11/23 9:05", datetime(2026, 11, 23, 9, 5)),
    ("moment", "1123101112", datetime(2026, 11, 23, 10, 11, 12)),
    ("clock", "101112", datetime(2026, 11, 23, 10, 11, 12)),
    ("clock", "10:11:12", datetime(2026, 11, 23, 10, 11, 12)),
    ("clock", "9:05", datetime(2026, 11, 23, 9, 5)),
])  # fmt: skip
def test_times_are_read_as_exports_write_them(type: str, text: str, at: datetime) -> None:
    assert rows_of(with_third(type, "time"), f"S,1.00,{text}\n") == [Row(1, "S", "sale", 100, at=at)]


def test_a_time_without_a_year_takes_the_one_that_brings_it_nearest() -> None:
    layout = with_third("moment", "time")
    for day, text, at in (
        (date(2026, 1, 1), "1231230500", datetime(2025, 12, 31, 23, 5)),
        (date(2025, 12, 31), "0101000500", datetime(2026, 1, 1, 0, 5)),
        (date(2024, 3, 1), "0229120000", datetime(2024, 2, 29, 12)),
    ):
        assert rows_of(layout, f"S,1.00,{text}\n", day)[0].at == at
    assert refused(layout, "S,1.00,0229120000\n", date(2026, 3, 1))[0] is FileCode.FILE_TIME_INVALID
    assert refused(layout, "S,1.00,0729120000\n", date(2026, 3, 1))[0] is FileCode.FILE_OF_ANOTHER_DAY
    assert refused(layout, "S,1.00,1123101112\n", None)[0] is FileCode.FILE_TIME_INVALID


@pytest.mark.parametrize("text", ["2026-11-23", "2026/11/23", "2026/11/3", "20261123", "2026-11-23 10:11:12"])
def test_days_are_read_as_exports_write_them(text: str) -> None:
    layout = with_third("day", "day")
    reading = open_file("layout", io.BytesIO(f"S,1.00,{text}\n".encode()), Hints(layout=layout))
    assert len(list(reading)) == 1
    assert reading.day == date(2026, 11, 3 if text.endswith("/3") else 23)


@pytest.mark.parametrize(("type", "target", "text"), [
    ("moment", "time", "2026-11-23"), ("moment", "time", "2026-13-23 10:11:12"),
    ("moment", "time", "2026-11-23 25:11:12"), ("moment", "time", "2026-11/23 10:11:12"),
    ("moment", "time", "1332101112"), ("moment", "time", ""), ("clock", "time", "25:00:00"),
    ("clock", "time", "10:11:1"), ("day", "day", "2026-11-31"), ("day", "day", "23.11.2026"),
])  # fmt: skip
def test_what_is_no_time_is_refused(type: str, target: str, text: str) -> None:
    code, said = refused(with_third(type, target), f"S,1.00,{text}\n")
    assert (code, said[:16]) == (FileCode.FILE_TIME_INVALID, "line 1, column 三")


def test_moments_of_two_business_days_are_refused_and_named() -> None:
    layout = with_third("moment", "time")
    data = "A,1.00,2026-11-22 10:00:00\nB,1.00,2026-11-23 12:00:00\n"
    code, said = refused(layout, data)
    assert code is FileCode.FILE_OF_ANOTHER_DAY
    assert "of several days: 2026-11-22 10:00:00 to 2026-11-23 12:00:00" in said
    assert len(rows_of(layout, data.replace("22 10", "22 23"))) == 2
    one = data.partition("\n")[0] + "\n"
    assert refused(layout, one, date(2026, 11, 25))[0] is FileCode.FILE_OF_ANOTHER_DAY


@pytest.mark.parametrize(("data", "count"), [
    ("\ufeff流水号,金额\nA,1.00\n", 1), ("流水号,金额\r\nA,1.00\r\n", 1), ("\n流水号,金额\nA,1.00\n", 1),
    ("\n\n,\n流水号,金额\n\nA,1.00\n", 1), ("流水号,金额\nA,1.00\n\n", 1), ("流水号,金额\nA,1.00\n,\n \n", 1),
    ("流水号,金额\nA,1.00", 1), ("流水号,金额\nA,1.00\n\n\n", 1), ("流水号,金额\nA,+1.00\n", 1), ("流水号,金额\n", 0),
    ("流水号,金额", 0),
])  # fmt: skip
def test_marks_blank_lines_and_ends_are_forgiven(data: str, count: int) -> None:
    rows = rows_of(NAMED, data)
    assert [(row.serial, row.kind, row.amount_fen) for row in rows] == [("A", "sale", 100)] * count


def test_a_blank_line_among_the_rows_is_a_breach() -> None:
    assert refused(NAMED, "流水号,金额\nA,1.00\n\nB,2.00\n")[0] is FileCode.FILE_LINE_BLANK
    totals = msgspec.structs.replace(NAMED, totals="last", totals_mark="合计", amount_at=2)
    assert len(rows_of(totals, "流水号,金额\nA,1.00\n\n合计,1.00\n\n")) == 1


def test_header_lines_count_with_and_without_the_blank_ones() -> None:
    for lines in (2, 3):
        layout = msgspec.structs.replace(NAMED, header_lines=lines)
        assert len(rows_of(layout, "某银行\n\n流水号,金额\nA,1.00\n")) == 1


@pytest.mark.parametrize(("layout", "data"), [
    (PLAIN, "A,1.0"), (PLAIN, "A,1"), (PLAIN, "A,1."), (PLAIN, "B,2.00\nA,"), (PLAIN, "B,2.00\nA"),
    (with_third("text", "account_no"), "A,1.00,62"), (with_third("text", "original"), "A,1.00,S"),
    (msgspec.structs.replace(PLAIN, columns=(SERIAL, column(2, "a", "fen", "amount"))), "A,100"),
])  # fmt: skip
def test_a_last_line_that_may_go_on_is_cut_off(layout: FileLayout, data: str) -> None:
    assert refused(layout, data)[0] in (
        FileCode.FILE_CUT_OFF, FileCode.FILE_CELLS_WRONG, FileCode.FILE_AMOUNT_INVALID,
    )  # fmt: skip
    if data.endswith(("1.0", "1", "62", "S", "100")):
        assert refused(layout, data)[0] is FileCode.FILE_CUT_OFF
        assert len(rows_of(layout, data + "\n")) == 1


@pytest.mark.parametrize(("layout", "data"), [
    (PLAIN, "A,1.00"), (with_third("moment", "time"), "A,1.00,2026-11-23 10:11:12"),
    (with_third("text", "batch"), "A,1.00,no"), (with_third("text", ""), "A,1.00,unused"),
    (msgspec.structs.replace(PLAIN, quote='"'), 'A,"1"'),
])  # fmt: skip
def test_a_last_line_that_cannot_go_on_needs_no_end(layout: FileLayout, data: str) -> None:
    assert rows_of(layout, data) == rows_of(layout, data + "\n")


TWO = msgspec.structs.replace(PLAIN, columns=(
    column(1, "日期", "day", "day"), column(2, "收入", "yuan", "income"), column(3, "支出", "yuan", "expense"),
))  # fmt: skip


@pytest.mark.parametrize(("came", "went", "kind", "fen"), [
    ("10.00", "", "in", 1000), ("", "4.50", "out", 450), ("10.00", "0.00", "in", 1000), ("0", "4", "out", 400),
    ("-", "4", "out", 400), ("+1", "--", "in", 100), ("", "", "in", 0), ('1', ' ', "in", 100),
])  # fmt: skip
def test_income_and_expense_are_two_columns(came: str, went: str, kind: str, fen: int) -> None:
    (row,) = rows_of(TWO, f"2026/11/23,{came},{went}\n")
    assert (row.kind, row.amount_fen, row.serial) == (kind, fen, "20261123#1")


def test_an_expense_may_be_written_with_its_minus_where_the_layout_says_so() -> None:
    data = "20261123,,-4.50\n"
    assert refused(TWO, data)[0] is FileCode.FILE_AMOUNT_INVALID
    minus = msgspec.structs.replace(TWO, columns=(*TWO.columns[:2], column(3, "支出", "yuan", "expense", words="-")))
    (row,) = rows_of(minus, data)
    assert (row.kind, row.amount_fen) == ("out", 450)
    assert refused(minus, "20261123,,4.50\n")[0] is FileCode.FILE_AMOUNT_INVALID
    assert refused(TWO, "20261123,1,1\n")[0] is FileCode.FILE_ROW_SUM
    assert refused(TWO, "20261123,-1,\n")[0] is FileCode.FILE_AMOUNT_INVALID


def test_the_totals_of_income_and_expense_are_their_net() -> None:
    layout = msgspec.structs.replace(TWO, totals="last", totals_mark="合计", amount_at=2)
    assert len(rows_of(layout, "20261123,10.00,\n20261123,,4.50\n合计,5.50,\n")) == 2
    assert refused(layout, "20261123,10.00,\n合计,5.50,\n")[0] is FileCode.FILE_TOTAL_AMOUNT


def test_the_sign_tells_the_direction_as_the_layout_says() -> None:
    signs = column(2, "金额", "yuan", "amount", words="+=in,-=out")
    layout = msgspec.structs.replace(PLAIN, columns=(SERIAL, signs))
    assert [(r.kind, r.amount_fen) for r in rows_of(layout, "A,+1.00\nB,-2.00\nC,0\n")] == [
        ("in", 100), ("out", 200), ("in", 0),
    ]  # fmt: skip


def test_without_a_serial_the_place_stands_for_it_and_stays() -> None:
    layout = msgspec.structs.replace(PLAIN, columns=(AMOUNT,))
    data = "x,1.00\ny,1.00\n"
    assert [row.serial for row in rows_of(layout, data)] == ["20261123#1", "20261123#2"]
    assert rows_of(layout, data) == rows_of(layout, data)
    assert [row.serial for row in rows_of(layout, data, None)] == ["#1", "#2"]
    assert rows_of(layout, data, date(2026, 11, 24))[0].serial == "20261124#1"


def workbook(*rows: list[Any], sheets: int = 1) -> bytes:
    whole = io.BytesIO()
    book = xlsxwriter.Workbook(whole, {"in_memory": True})
    when = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for number in range(sheets):
        sheet = book.add_worksheet(f"账{number}")
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(at, place, cell, when)
                else:
                    sheet.write(at, place, cell)
    book.close()
    return whole.getvalue()


BOOK = msgspec.structs.replace(
    PLAIN, header_lines=2, named=True, totals="last", totals_mark="合计", count_at=2, amount_at=3,
    columns=(SERIAL, AMOUNT, column(3, "时间", "moment", "time"), column(4, "对方户号", "text", "account_no")),
)  # fmt: skip
SHEET: list[list[Any]] = [
    ["某银行"], [], ["流水号", "对方户号", "金额", "时间"],
    ["A1", "'62", 0.1 + 0.2, datetime(2026, 11, 23, 10, 11, 12)], ["A2", 7, 1234.56, datetime(2026, 11, 23)],
    ["A3", "", -2, datetime(2026, 11, 23, 12)], [], ["合计", 3, 1232.86],
]  # fmt: skip


def test_a_workbook_is_read_by_its_layout_to_the_fen() -> None:
    reading = open_file("layout", io.BytesIO(workbook(*SHEET)), Hints(layout=BOOK, day=DAY))
    assert list(reading) == [
        Row(4, "A1", "sale", 30, at=datetime(2026, 11, 23, 10, 11, 12), account_no="'62"),
        Row(5, "A2", "sale", 123456, at=datetime(2026, 11, 23), account_no="7"),
        Row(6, "A3", "refund", 200, at=datetime(2026, 11, 23, 12)),
    ]  # fmt: skip
    assert (reading.whole, reading.notes) == (True, [])
    two = open_file("layout", io.BytesIO(workbook(*SHEET, sheets=2)), Hints(layout=BOOK, day=DAY))
    assert len(list(two)) == 3
    assert two.notes == ["only the first sheet is read, of 2: 账0"]


def test_a_number_of_which_excel_lost_digits_is_no_serial() -> None:
    sheet = [*SHEET[:3], [12345678901234567890, "", 1, datetime(2026, 11, 23)], ["合计", 1, 1]]
    code, said = refused(BOOK, workbook(*sheet))
    assert code is FileCode.FILE_SERIAL_MISSING
    assert "inexact" in said


def test_a_workbook_that_would_fill_the_memory_is_refused() -> None:
    """One cell in the last corner makes the decoder want seventeen thousand million cells."""
    whole = io.BytesIO()
    book = xlsxwriter.Workbook(whole)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "a")
    sheet.write(1048575, 16383, "b")
    book.close()
    code, said = refused(BOOK, whole.getvalue())
    assert code is FileCode.FILE_BROKEN
    assert "its decoder ended with" in said


@pytest.mark.parametrize("data", [
    workbook(*SHEET)[:-30], workbook(*SHEET)[:3000], bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 3000,
    packed({"xl/workbook.xml": b"<workbook", "[Content_Types].xml": b""}),
    packed({"xl/workbook.xml": b"0" * 20_000_000}),
    packed({"xl/workbook.xml": b""} | {f"{n}": b"" for n in range(600)}),
], ids=["tail", "half", "old", "broken", "bomb", "entries"])  # fmt: skip
def test_a_broken_workbook_is_a_numbered_refusal(data: bytes) -> None:
    assert 8201 <= int(refused(BOOK, data)[0]) <= 8299


def test_a_workbook_has_no_fixed_widths() -> None:
    fixed = FileLayout(code="f", shape="fixed", columns=(
        column(1, "a", "text", "serial", width=1), column(2, "b", "fen", "amount", width=1)))  # fmt: skip
    assert refused(fixed, workbook(*SHEET))[0] is FileCode.FILE_LAYOUT_INVALID
