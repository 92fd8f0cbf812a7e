"""A line of a statement is right, or says all that is wrong with it."""

import io
from datetime import UTC, date, datetime

import pytest
import xlsxwriter

from yifen.core.facts.refused import Refused
from yifen.face.filed.cells import day_of
from yifen.face.filed.headed import headed
from yifen.face.filed.reading import encoding_of, rows_of
from yifen.trades.cases.codes import CaseCode as C
from yifen.trades.cases.list_rows import FILING as LIST
from yifen.trades.cases.list_rows import ListCheck
from yifen.trades.cases.statement_rows import FILING, StatementCheck, StatementLine, moment_of

HEADER = ["账号", "交易时间", "流水号", "收入", "支出", "余额", "子账号", "业务类型", "客户参考号", "对方户名",
          "对方账号", "附言"]
LINE = ["6217 0000", "2026-11-24 09:00:00", "S1", "1,234.56", "", "1,334.56", "62170304", "结息", "R1", "张三", "6222",
        "还款"]


def read(*lines: list[str]) -> list[tuple[StatementLine | None, list[int]]]:
    checks = StatementCheck(HEADER, "62170000")
    found = (checks.read(number, cells) for number, cells in enumerate(lines, 2))
    return [(row, [fault.code for fault in faults]) for row, faults in found]


def changed(**cells: str) -> list[str]:
    return [cells.get(name, cell) for name, cell in zip(("account", "at", "serial", "come", "went", "balance"),
                                                        LINE[:6],
                                                        strict=True)] + LINE[6:]  # fmt: skip


def test_a_line_is_read_with_all_that_it_says():
    assert read(LINE) == [(StatementLine(2, "S1", "in", 123_456, 133_456, datetime(2026, 11, 24, 1, tzinfo=UTC),
                                         "62170304",
                                         "interest", "R1", "张三", "6222", "还款"), [])]  # fmt: skip


@pytest.mark.parametrize(("cells", "code"), [
    ({"account": "62170001"}, C.LINE_OTHER_ACCOUNT), ({"serial": ""}, C.LINE_SERIAL), ({"serial": "3.2E+09"},
                                                                                       C.LINE_SERIAL),
    ({"come": "0", "went": "0"}, C.LINE_AMOUNT), ({"went": "1"}, C.LINE_AMOUNT), ({"come": "1.234"}, C.LINE_AMOUNT),
    ({"come": "-1"}, C.LINE_AMOUNT), ({"balance": ""}, C.LINE_BALANCE), ({"at": "2026-02-30 09:00:00"}, C.LINE_TIME),
    ({"at": "2026-11-24 25:00:00"}, C.LINE_TIME), ({"at": ""}, C.LINE_TIME),
])  # fmt: skip
def test_what_is_wrong_with_a_line_is_named(cells: dict[str, str], code: int):
    assert read(changed(**cells)) == [(None, [code])]


def test_each_balance_follows_from_the_line_before_and_a_serial_stands_once():
    out = changed(serial="S2", come="", went="34.56", balance="1300.00")
    assert [faults for _, faults in read(LINE, out)] == [[], []]
    assert [faults for _, faults in read(LINE, changed(serial="S2", balance="1,334.56"))] == [[], [C.LINE_BALANCE]]
    assert [faults for _, faults in read(LINE, changed(balance="2,569.12"))] == [[], [C.LINE_SERIAL]]
    assert read(LINE[:5]) == [(None, [C.LINE_CELLS])]


def test_what_a_payer_writes_is_no_kind_of_the_banks():
    line = [*LINE[:7], "转账", "", "张三", "", "结息 手续费"]
    assert read(line)[0][0].business == ""  # type: ignore[union-attr]


def test_times_as_banks_write_them():
    noon = datetime(2026, 11, 24, 4, 5, 6, tzinfo=UTC)
    assert {moment_of(text) for text in ("2026-11-24 12:05:06", "20261124 120506", "2026/11/24T12:05:06",
                                         "2026年11月24日 12:05:06")} == {noon}  # fmt: skip
    assert moment_of("2026-11-24 12:05") == noon.replace(second=0)
    assert moment_of("2026-11-24") == moment_of("20261124") == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert moment_of("noon") is None


def test_an_excel_file_keeps_its_times_and_a_day_stays_a_day():
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole) as book:
        sheet, shown = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.write_row(0, 0, HEADER)
        for row, (day, balance) in enumerate(((46350 + (9 * 60 + 15.5) / 1440, 10.5), (46351, 21)), 1):
            sheet.write_row(row, 0, ["62170000", "", f"S{row}", 10.5, "", balance])
            sheet.write_number(row, 1, day, shown)  # as Excel counts them
    _, *lines = rows_of(whole, encoding_of(whole, FILING), FILING)
    assert [cells[1] for _, cells in lines] == ["2026-11-24 09:15:30", "2026-11-25"]
    assert day_of(lines[0][1][1]) == date(2026, 11, 24)
    checks = StatementCheck(HEADER, "62170000")
    found = [checks.read(*line) for line in lines]
    assert [(row and f"{row.at:%d %H:%M:%S}", row and row.amount_fen, faults) for row, faults in found] == [
        ("24 09:15:30", 1_050, []), ("25 00:00:00", 1_050, [])]  # fmt: skip


def sheet_of(*rows: list[object], merged: str = "") -> io.BytesIO:
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells)
        if merged:
            sheet.merge_range(merged, rows[2][2])
    return whole


def test_a_list_as_the_court_keeps_it_is_read_past_what_nobody_asked_for():
    whole = sheet_of(
        ["桂林市象山区人民法院执行案件台账"],
        ["序号", "案 号", "申请执行人", "被执行人", "案由", "执行标的（元）", "立案日期"],
        [1, "（２０２６）桂0304执１号", "王一", "李四", "借款", "￥5,000.00", "2026年1月5日"],
        [2, "(2026)桂0304执2号", "", "张三，赵六", "借款", 12.5, "2026.2.6"], ["合计", "", "", "", "", 5_012.5],
        merged="C3:C4")  # fmt: skip
    source = headed(rows_of(whole, encoding_of(whole, LIST), LIST), LIST)
    checks = ListCheck(source.header, "桂0304")
    found = [checks.read(*line) for line in source.lines]
    assert [faults for _, faults in found] == [[], []]
    news = [row.new for row, _ in found if row]
    assert [(new.number, new.due_fen, str(new.filed_on), [p.name for p in new.parties]) for new in news] == [
        ("(2026)桂0304执1号", 500_000, "2026-01-05", ["王一", "李四"]),
        ("(2026)桂0304执2号", 1_250, "2026-02-06", ["王一", "张三", "赵六"])]  # fmt: skip
    assert source.aside == (["桂林市象山区人民法院执行案件台账"], ["序号", "案由"], ["合计 5012.5"])


def test_a_statement_with_the_banks_own_heading():
    above = ["账户明细", "账号：6217 0000 户名：法院"]
    heads = ["交易日期", "交易时间", "交易流水号", "借方发生额（支取）", "贷方发生额（收入）", "账户余额",
             "对方账户名称", "凭证号"]  # fmt: skip
    whole = sheet_of(above[:1], above[1:], heads,
                     ["20261124", "09:00:00", "S1", "", "1,000.00", "￥1,000.00", "张三", "9"],
                     ["20261124", "09:01:00", "S2", "300.00", "", "７００．００", "", ""])  # fmt: skip
    source = headed(rows_of(whole, encoding_of(whole, FILING), FILING), FILING)
    checks = StatementCheck(source.header, "62170000", source.aside.above)
    lines = [checks.read(*line) for line in source.lines]
    assert [faults for _, faults in lines] == [[], []]
    assert [(row.kind, row.amount_fen, row.balance_fen, row.payer) for row, _ in lines if row] == [
        ("in", 100_000, 100_000, "张三"), ("out", 30_000, 70_000, "")]  # fmt: skip
    assert lines[0][0] is not None
    assert lines[0][0].at == datetime(2026, 11, 24, 1, tzinfo=UTC)
    assert (source.aside.columns, source.aside.above) == (["凭证号"], [above[0], above[1].replace("：", ":")])
    for header, said in ((heads, ["账号：6217 9999"]), (heads[2:], above)):
        with pytest.raises(Refused) as refused:
            StatementCheck(header, "62170000", said)
        assert refused.value.code is C.STATEMENT_COLUMNS


def test_a_row_of_the_courts_list():
    checks = ListCheck(["案号", "申请执行人", "被执行人", "执行标的", "立案日期"], "桂0304")
    row, faults = checks.read(2, ["〔2026〕桂0304执0012号", "王一；王二", "李四", "1,000.00", "2026-11-01"])
    assert (faults, row and row.new.number, row and row.new.due_fen) == ([], "(2026)桂0304执12号", 100_000)
    assert row is not None
    assert ([(p.role, p.name) for p in row.new.parties], len(row.warnings)) == (
        [("applicant", "王一"), ("applicant", "王二"), ("debtor", "李四")], 3)  # fmt: skip
    wrong = (
        ("(2026)桂0304执12号", "李四", "1", "", C.LIST_TWICE), ("(2026)桂0305执1号", "李四", "1", "",
                                                                C.LIST_OTHER_COURT),
        ("桂0304执1号", "李四", "1", "", C.CASE_NUMBER_WRONG), ("(2026)桂0304执1号", " ", "1", "", C.LIST_NAME),
        ("(2026)桂0304执2号", "李四", "x", "", C.LIST_AMOUNT), ("(2026)桂0304执3号", "李四", "1", "2026-13-01",
                                                                C.LIST_DAY),
    )  # fmt: skip
    for number, debtor, amount, day, code in wrong:
        assert [fault.code for fault in checks.read(3, [number, "王一", debtor, amount, day])[1]] == [code]
