"""The shift report: sums, expected cash and difference follow from what it is given."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.documents.reading import fonts, joined, lines, outside, page_count, size_mm
from tests.documents.world import AT, LONG, UNBROKEN
from yifen.core.documents.shift_report import Operations, Pieces, ShiftReport, shift_report
from yifen.core.facts.money import MAX_FEN, AmountError

OPERATIONS = (
    Operations(code="4623", title="电费收缴", count=1280, cash_in_fen=1840050, transfer_fen=560000),
    Operations(code="4625", title="当日冲正", count=2, cash_out_fen=195040),
)


def report_of(**changes: Any) -> ShiftReport:
    said: dict[str, Any] = {
        "institution": "白石市农村信用合作联社",
        "outlet": "城关营业部 070103",
        "teller": "王芳 0012",
        "supervisor": "李建国 0003",
        "shift_no": "20261124-0012-1",
        "business_day": date(2026, 11, 24),
        "opened_at": AT,
        "closed_at": AT + timedelta(hours=7),
        "opening_fen": 500000,
        "counted_fen": 2145010,
        "operations": OPERATIONS,
        "pieces": (
            Pieces(value_fen=10000, count=214),
            Pieces(value_fen=50, count=89),
            Pieces(value_fen=1, count=560),
        ),
    }
    return ShiftReport(**(said | changes))


def test_an_ordinary_report_says_exactly_this() -> None:
    made = shift_report(report_of())
    assert lines(made) == [
        "柜员轧账单", "Teller's shift report",
        "营业机构", "Outlet 城关营业部 070103 会计日期 Business day 2026-11-24",
        "柜员", "Teller 王芳 0012 班次 Shift 20261124-0012-1",
        "开班", "Opened at 2026-11-24 10:43:05 关班 Closed at 2026-11-24 17:43:05",
        "按交易码 By transaction code",
        "交易码 Code 交易 Operation 笔数 Count 现金收入 Cash in 现金付出 Cash out 转账 Transfer",
        "4623 电费收缴 1,280 18,400.50 0.00 5,600.00",
        "4625 当日冲正 2 0.00 1,950.40 0.00",
        "合计 Total 1,282 18,400.50 1,950.40 5,600.00",
        "现金 Cash",
        "期初现金 Opening cash 5,000.00",
        "加：现金收入 Plus cash in 18,400.50",
        "减：现金付出 Less cash out 1,950.40",
        "应有现金 Expected 人民币贰万壹仟肆佰伍拾元零壹角整 21,450.10",
        "实点现金 Counted 人民币贰万壹仟肆佰伍拾元零壹角整 21,450.10",
        "差额 Difference 账款相符 Agrees 0.00",
        "券别清点 Notes and coins",
        "券别 Value 数量 Pieces 金额 Amount 券别 Value 数量 Pieces 金额 Amount",
        "100元 214 21,400.00 1分 560 5.60",
        "5角 89 44.50",
        "所附凭证 Vouchers attached  张",
        "柜员签章 Teller", "王芳 0012", "主管签章 Supervisor", "李建国 0003", "日期 Date", "",
        "白石市农村信用合作联社 第 1 页 / 共 1 页 Page 1 of 1",
    ]  # fmt: skip
    assert size_mm(made) == (210, 297)
    assert all(fonts(made).values())


@pytest.mark.parametrize(
    ("counted_fen", "line"),
    [
        (2145011, "差额 Difference 长款 Over 0.01"),
        (2135010, "差额 Difference 短款 Short -100.00"),
        (0, "差额 Difference 短款 Short -21,450.10"),
    ],
)
def test_a_difference_has_its_name(counted_fen: int, line: str) -> None:
    assert line in lines(shift_report(report_of(counted_fen=counted_fen)))


def test_a_drawer_that_should_hold_less_than_nothing_is_shown_as_it_is() -> None:
    made = shift_report(report_of(opening_fen=0, counted_fen=0, operations=OPERATIONS[1:]))
    assert "应有现金 Expected （红字）人民币壹仟玖佰伍拾元零肆角整 -1,950.40" in lines(made)


def test_a_shift_without_operations_or_count_of_pieces_has_its_report() -> None:
    made = shift_report(report_of(operations=(), pieces=(), counted_fen=500000))
    assert "合计 Total 0 0.00 0.00 0.00" in lines(made)
    assert "券别" not in joined(made)


@pytest.mark.parametrize("text", [LONG, UNBROKEN])
def test_long_texts_and_large_amounts_stay_on_the_page(text: str) -> None:
    row = Operations(code="4623", title=text, count=10**6, cash_in_fen=MAX_FEN - 500000)
    made = shift_report(
        report_of(outlet=text, teller=text[:60], institution=text, operations=(row,))
    )
    assert page_count(made) == 1
    assert outside(made) == []


def test_counted_cash_cannot_be_below_nothing() -> None:
    with pytest.raises(AmountError):
        shift_report(report_of(counted_fen=-1))
