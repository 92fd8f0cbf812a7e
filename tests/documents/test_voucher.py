"""The teller's voucher: accounts, amount in words, who did it; red when it takes something back."""

import io
from datetime import date
from typing import Any

import pypdf
import pytest

from tests.documents.reading import fonts, joined, lines, outside, page_count, size_mm
from tests.documents.world import AT, HOSTILE, LONG, UNBROKEN
from yifen.core.documents.voucher import Voucher, VoucherEntry, voucher
from yifen.core.facts.money import MAX_FEN, AmountError

RED = b"0.7490196 0.09019608 0.13333334"


def voucher_of(fen: int = 140950, **changes: Any) -> Voucher:
    said: dict[str, Any] = {
        "institution": "白石市农村信用合作联社",
        "outlet": "城关营业部 070103",
        "operation": "4623 电费收缴",
        "paid_by": "cash",
        "entries": (
            VoucherEntry(summary="收 张*三 电费", debit="1011 柜员现金", credit="2241.POWER01 过渡户",
                  amount_fen=fen),
        ),
        "business_day": date(2026, 11, 24),
        "booked_at": AT,
        "serial": "070103-0012-000123",
        "payment_id": 202000,
        "teller": "王芳 0012",
    }  # fmt: skip
    return Voucher(**(said | changes))


def test_an_ordinary_voucher_says_exactly_this() -> None:
    made = voucher(voucher_of(supervisor="李建国 0003"))
    assert lines(made) == [
        "白石市农村信用合作联社", "记账凭证", "Accounting voucher",
        "营业机构",
        "Outlet 城关营业部 070103 交易 Operation 4623 电费收缴 会计日期 Business day 2026-11-24",
        "流水号",
        "Serial 070103-0012-000123 缴费号 Payment id 202000 缴费方式 Paid by 现金 Cash",
        "摘要 Summary 借方科目 Debit 贷方科目 Credit 金额（元） Amount, CNY",
        "收 张*三 电费 1011 柜员现金 2241.POWER01 过渡户 1,409.50",
        "合计 Total 人民币壹仟肆佰零玖元伍角整 ¥1,409.50",
        "柜员 Teller", "王芳 0012", "授权 Supervisor", "李建国 0003", "复核 Checker", "",
        "记账时间 Booked at 2026-11-24 10:43:05 第 1 页 / 共 1 页 Page 1 of 1",
    ]  # fmt: skip
    assert size_mm(made) == (210, 148)
    assert all(fonts(made).values())


def test_a_reversal_is_red_in_figures_and_in_words() -> None:
    made = voucher(voucher_of(-140950, original_serial="070103-0012-000122"))
    said = lines(made)
    assert "Accounting voucher 红字冲正 Red reversal" in said
    assert "Original 070103-0012-000122" in said
    assert "收 张*三 电费 1011 柜员现金 2241.POWER01 过渡户 -1,409.50" in said
    assert "合计 Total （红字）人民币壹仟肆佰零玖元伍角整 -¥1,409.50" in said
    assert "红字" not in joined(voucher(voucher_of()))


def test_only_a_reversal_uses_red_ink() -> None:
    assert reds(voucher(voucher_of(-140950))) > 3
    assert reds(voucher(voucher_of())) == 0


def reds(pdf: bytes) -> int:
    """How often a page's content turns to the red of reversals."""
    content = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].get_contents()
    assert content is not None
    return content.get_data().count(RED)


@pytest.mark.parametrize(
    ("paid_by", "words"),
    [("cash", "现金 Cash"), ("transfer", "转账 Transfer"), ("cheque", "支票 Cheque")],
)
def test_it_says_how_it_was_paid(paid_by: str, words: str) -> None:
    assert f"Paid by {words}" in " ".join(lines(voucher(voucher_of(paid_by=paid_by))))


@pytest.mark.parametrize("text", [*HOSTILE, LONG, UNBROKEN])
def test_any_text_stays_text_and_on_the_page(text: str) -> None:
    entry = VoucherEntry(summary=text, debit="1011 " + text, credit=text, amount_fen=MAX_FEN)
    data = voucher_of(entries=(entry,), institution=text, teller=text[:60], outlet=text[:100])
    made = voucher(data)
    assert page_count(made) == 1
    assert outside(made) == []
    assert "".join(text.split())[:20] in joined(made)
    assert "¥9,999,999,999,999.99" in joined(made)


def test_the_same_data_gives_the_same_bytes() -> None:
    assert voucher(voucher_of()) == voucher(voucher_of())


def test_a_sum_beyond_what_can_be_said_is_refused() -> None:
    with pytest.raises(AmountError):
        voucher(voucher_of(-MAX_FEN - 1))
