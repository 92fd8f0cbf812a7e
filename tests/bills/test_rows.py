"""Rows of a biller's file: what each means, and what is wrong with it."""

import io
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from tests.bills.proposals import HEAD, csv_of
from yifen.core.facts.refused import Refused
from yifen.trades.bills import files
from yifen.trades.bills.codes import BillCode
from yifen.trades.bills.files import check
from yifen.trades.bills.rules import FILING, FiledBill

MOST = 10**15 - 1
WIDE = f"{HEAD},缴法,最低金额,最高金额,收费单位,撤销"


def bills(body: bytes) -> list[FiledBill]:
    found = list(check(io.BytesIO(body), "POWER01"))[1:]
    assert [line.faults for line in found if line.faults] == []
    return [line.row for line in found if line.row]


def faults(body: bytes) -> list[list[str]]:
    return [[f.code.name for f in line.faults] for line in check(io.BytesIO(body), "POWER01")][1:]


def refused(body: bytes) -> BillCode:
    with pytest.raises(Refused) as caught:
        list(check(io.BytesIO(body), "POWER01"))
    assert isinstance(caught.value.code, BillCode)
    return caught.value.code


ONE = FiledBill(2, "3201", "张三", "M1", "电费, 十一月", False, "exact", 123_456, 1, MOST, date(2026, 11, 30))
LINE = '3201,张三,M1,"电费, 十一月","1,234.56",2026-11-30'


@pytest.mark.parametrize(
    "body",
    [
        csv_of(LINE),
        b"\xef\xbb\xbf" + csv_of(LINE),
        csv_of(LINE).decode().encode("gb18030"),
        csv_of('３２ ０１, 张三 ,Ｍ１,"电费, 十一月",１２３４．５６,２０２６／１１／３０'),
        csv_of(LINE.replace("2026-11-30", "20261130"),
               head="Account Number,Account Name,Bill Reference,Title,Amount Due,Due Date"),
        csv_of(LINE, "", ",,,,,").replace(b"\r\n", b"\n"),
    ],
    ids=["utf8", "mark", "gb18030", "full-width", "english", "blank-lines"],
)  # fmt: skip
def test_however_it_is_written_it_is_the_same_bill(body: bytes) -> None:
    assert bills(body) == [ONE]


def test_an_excel_workbook_is_read_as_it_looks() -> None:
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEAD.split(","))
        sheet.write_row(1, 0, ["3201", "张三", "M1", "电费, 十一月", 1234.56])
        sheet.write_datetime(1, 5, date(2026, 11, 30), day)
        sheet.write_row(3, 0, [3202, "李四", 7, "电费", 5, ""])
        sheet.write_row(4, 0, [3202000000000001234, "王五", "M1", "电费", 1.234, ""])
    rows = list(check(whole, "POWER01"))[1:]
    assert [row.row for row in rows] == [
        ONE, FiledBill(4, "3202", "李四", "7", "电费", False, "exact", 500, 1, MOST, None), None,
    ]  # fmt: skip
    assert [fault.code.name for fault in rows[2].faults] == ["BILL_ACCOUNT", "BILL_AMOUNT"]


def test_a_workbook_whose_cells_stand_far_apart_is_refused_before_it_is_read() -> None:
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "户号")
        sheet.write(1_048_575, 16_383, "x")
    assert refused(whole.getvalue()) is BillCode.BILLS_TOO_LARGE
    assert refused(whole.getvalue()[:200]) is BillCode.BILLS_BROKEN


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("3201,张三,M1,电费,0,,,,,,", ["BILL_AMOUNT"]),
        ("3201,张三,M1,电费,-1,,,,,,", ["BILL_AMOUNT"]),
        ("3201,张三,M1,电费,1.234,,,,,,", ["BILL_AMOUNT"]),
        ("3201,张三,M1,电费,,,,,,,", ["BILL_AMOUNT"]),
        ("3201,张三,M1,电费,1e3,,,,,,", ["BILL_AMOUNT"]),
        ("3201,张三,M1,电费,5,2026-02-30,,,,,", ["BILL_DAY"]),
        ("3201,张三,M1,电费,5,明天,,,,,", ["BILL_DAY"]),
        (",,,,5,,,,,,", ["BILL_ACCOUNT", "BILL_NAME", "BILL_REF", "BILL_TITLE"]),
        ("3201,张\x01三,M1,电费,5,,,,,,", ["BILL_NAME"]),
        ("3201,张三,M1,电费,5,,分期,,,,", ["BILL_MODE"]),
        ("3201,张三,M1,电费,5,,,1,,,", ["BILL_LIMITS"]),
        ("3201,张三,M1,电费,5,,可部分缴,6,,,", ["BILL_LIMITS"]),
        ("3201,张三,M1,电费,5,,open,,,,", ["BILL_AMOUNT"]),
        ("3201,张三,M1,电费,,,open,9,8,,", ["BILL_LIMITS"]),
        ("3201,张三,M1,电费,5,,,,,POWER02,", ["BILL_OF_ANOTHER"]),
        ("3201,张三,M1,电费,5,,,,,,也许", ["BILL_WITHDRAW"]),
        ("3201,张三,M1,电费,5", ["BILL_CELLS"]),
        ("3.20104E+15,张三,M1,电费,5,,,,,,", ["BILL_ACCOUNT"]),  # what a spreadsheet makes of long numbers
        ("9e9,张三,2.026E+07,电费,5,,,,,,", ["BILL_ACCOUNT", "BILL_REF"]),
        ("'3201,张三,'M1,电费,5,,,,,,", ["BILL_ACCOUNT", "BILL_REF"]),
        ('"=""0012""",张三,M1,电费,5,,,,,,', ["BILL_ACCOUNT"]),
    ],
    ids=[str(number) for number in range(21)],
)
def test_what_is_wrong_with_a_row_is_said(row: str, found: list[str]) -> None:
    assert faults(csv_of(row, head=WIDE)) == [found]


def test_the_same_bill_or_another_name_of_an_account_is_found_across_the_file() -> None:
    rows = ["A1,张三,M1,电费,5,", "A2,李四,M1,电费,5,", "Ａ1,张三,M1,电费,6,", "A2,李五,M2,电费,5,"]
    assert faults(csv_of(*rows)) == [[], [], ["BILL_TWICE"], ["BILL_TWO_NAMES"]]


def test_modes_limits_and_withdrawals() -> None:
    rows = ["3201,张三,M1,电费,5,,可部分缴,1,3,POWER01,否", "3201,张三,M2,预存,,,不限额,10,20,,",
            "3201,张三,M3,电费,,,,,,,是"]  # fmt: skip
    assert [(b.withdraw, b.mode, b.due_fen, b.min_fen, b.max_fen) for b in bills(csv_of(*rows, head=WIDE))] == [
        (False, "partial", 500, 100, 300), (False, "open", 0, 1000, 2000), (True, "exact", 0, 1, MOST),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (csv_of("x", head="户号,户名,账单号,名称"), "BILLS_COLUMNS"),
        (csv_of("x", head=f"{HEAD},备注"), "BILLS_COLUMNS"),
        (csv_of("x", head=f"{HEAD},due date"), "BILLS_COLUMNS"),
        (csv_of(), "BILLS_EMPTY"),
        (b"", "BILLS_EMPTY"),
        (csv_of('A1,"张三"x,M1,电费,5,'), "BILLS_BROKEN"),
        (csv_of('A1,"张三,M1,电费,5,'), "BILLS_BROKEN"),
        (b"\xff\xfe\x00" + csv_of(), "BILLS_ENCODING"),
    ],
    ids=["missing", "unknown", "repeated", "head-only", "nothing", "quote", "open-quote", "bytes"],
)
def test_a_file_that_is_none_is_refused_with_a_number(body: bytes, code: str) -> None:
    assert refused(body).name == code


def test_a_file_with_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FILING", FILING._replace(rows_max=2))
    rows = [f"A{number},张三,M1,电费,5," for number in range(3)]
    assert len(bills(csv_of(*rows[:2]))) == 2
    assert refused(csv_of(*rows)) is BillCode.BILLS_TOO_LARGE


@pytest.mark.parametrize(("page", "title"), [("files.md", "November water"), ("files.zh.md", "十一月水费")])
def test_the_example_of_the_docs_is_a_file_of_bills(page: str, title: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    example = text.split("```csv\n")[1].split("```")[0]
    first, second, third = bills(example.encode())
    assert first == FiledBill(2, "3201000001", "张三", "2026-11", title, False, "exact", 123_456, 1, MOST,
                            date(2026, 11, 30))  # fmt: skip
    assert (second.mode, second.due_fen, second.min_fen, second.max_fen) == ("open", 0, 1000, 200_000)
    assert (third.account_no, third.withdraw, third.due_fen) == ("3201000002", True, 0)
