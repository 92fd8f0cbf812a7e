"""The payer's receipt says what was paid, can be checked, and shows when it is void."""

from datetime import timedelta

import pytest

from tests.documents.reading import (
    fonts,
    joined,
    lines,
    outside,
    page_count,
    picture_of_pdf,
    picture_of_png,
    size_mm,
)  # fmt: skip
from tests.documents.world import AT, CHECK_URL, HOSTILE, LONG, UNBROKEN, receipt_of
from yifen.core.documents.receipt import ReceiptLine, receipt
from yifen.core.facts.money import MAX_FEN, AmountError

NUMBER = receipt_of().number


def test_an_ordinary_receipt_says_exactly_this() -> None:
    assert lines(receipt(receipt_of())) == [
        "缴费回单 电子凭证 Payment receipt 有效 Valid",
        "收费单位", "Biller 白石市自来水有限公司",
        "户名", "Payer 张*三",
        "户号", "Account no. 3300000485 缴费渠道 Channel 微信生活缴费",
        "缴费时间", "Paid at 2026-11-24 10:43:05 会计日期 Business day 2026-11-24",
        "缴费号", "Payment id 202000 流水号 Serial 1a795c4ec5c04ef4857b791159270086",
        "缴费项目 Item 金额（元） Amount, CNY",
        "2026年10月 水费 128.50",
        "2026年10月 污水处理费 1,281.00",
        "合计 Total 人民币壹仟肆佰零玖元伍角整 ¥1,409.50",
        "回单编号 Receipt no.", NUMBER,
        "扫码或按编号验真，状态以查验结果为准",
        "Scan or enter the number to verify; the result shown online prevails.",
        CHECK_URL,
        "白石市农村信用合作联社", "电子回单专用 E-receipt",
        f"回单编号 Receipt no. {NUMBER} 打印时间 Printed at 2026-11-24 10:43:05"
        " 第 1 页 / 共 1 页 Page 1 of 1",
    ]  # fmt: skip


def test_a_receipt_is_a5_across_with_its_fonts_in_it() -> None:
    made = receipt(receipt_of())
    assert size_mm(made) == (210, 148)
    embedded = fonts(made)
    assert embedded
    assert all(embedded.values())
    assert all("+NotoSansCJKsc" in name for name in embedded), "subsets of the one font"
    assert b"<pdfaid:part>2</pdfaid:part>" in made


def test_a_counter_receipt_names_outlet_and_teller() -> None:
    made = receipt(receipt_of(outlet="城关营业部 070103", teller="王芳 0012"))
    assert "Outlet 城关营业部 070103 柜员 Teller 王芳 0012" in lines(made)
    assert "Outlet" not in joined(receipt(receipt_of()))


@pytest.mark.parametrize(
    ("state", "mark"),
    [("reversed", ["已冲正", "REVERSED"]), ("refunded", ["已退款", "REFUNDED"])],
)
def test_a_returned_payment_is_marked_across(state: str, mark: list[str]) -> None:
    made = receipt(receipt_of(state=state, returned_at=AT + timedelta(hours=1)))
    assert [*lines(made)[-3:]] == [*mark, "2026-11-24 11:43:05"]
    assert lines(made)[0].endswith(f"{mark[0]} {mark[1].capitalize()}")
    assert "有效" not in joined(made)
    assert "REVERSED" not in joined(receipt(receipt_of()))


def test_a_payment_that_is_not_decided_is_neither_valid_nor_void() -> None:
    made = receipt(receipt_of(state="pending"))
    assert lines(made)[0] == "缴费回单 电子凭证 Payment receipt 处理中 Pending"
    assert lines(made)[1:] == lines(receipt(receipt_of()))[1:]


def test_every_page_of_a_void_receipt_is_marked() -> None:
    many = tuple(ReceiptLine(title=f"第{n}期", amount_fen=n) for n in range(1, 80))
    made = receipt(receipt_of(lines=many, state="reversed", returned_at=AT))
    assert page_count(made) > 1
    for page in range(page_count(made)):
        assert "REVERSED" in lines(made, page)


@pytest.mark.parametrize(
    ("copy", "words"),
    [("reprint", "重打 1 Reprint"), ("supplementary", "补打 1 Supplementary print")],
)
def test_a_copy_says_that_it_is_one(copy: str, words: str) -> None:
    made = receipt(receipt_of(copy=copy, copy_no=1))
    assert words in lines(made)[0]
    assert words not in lines(receipt(receipt_of()))[0]


def test_a_year_of_bills_is_one_page() -> None:
    year = tuple(
        ReceiptLine(title=f"2025年{month}月 电费", amount_fen=10000 + month) for month in range(1, 13)
    )
    made = receipt(receipt_of(lines=year, outlet="城关营业部", teller="王芳"))
    assert page_count(made) == 1
    assert "2025年1月 电费 100.01 2025年7月 电费 100.07" in lines(made)
    assert "合计 Total 人民币壹仟贰佰元零柒角捌分 ¥1,200.78" in lines(made)


def test_the_code_on_the_receipt_leads_to_the_check_page() -> None:
    data = receipt_of(check_url=CHECK_URL + "&x=1")
    assert picture_of_png(receipt(data, "png")).codes() == [data.check_url]
    printed = picture_of_pdf(receipt(data))
    assert printed is None or printed.codes() == [data.check_url]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_text_whatever_they_hold(name: str) -> None:
    data = receipt_of(payer_name=name, biller=name, lines=(ReceiptLine(title=name, amount_fen=1),))
    said = lines(receipt(data))
    for line in (f"Payer {name}", f"Biller {name}", f"{name} 0.01"):
        assert " ".join(line.split()) in [" ".join(each.split()) for each in said]


def test_what_would_turn_or_break_a_line_is_taken_out() -> None:
    made = receipt(receipt_of(payer_name="张\n三\x00\u202e李\u2066四\ud800", account_no="1\u200e2"))
    assert "Payer 张 三 李四□" in lines(made)
    assert any(line.startswith("Account no. 12 ") for line in lines(made))


def test_a_character_the_font_lacks_costs_the_archival_form_only() -> None:
    made = receipt(receipt_of(payer_name="张😀三"))
    assert made.startswith(b"%PDF-")
    assert b"<pdfaid:part>" not in made
    assert all(fonts(made).values())
    assert "Biller 白石市自来水有限公司" in lines(made)


@pytest.mark.parametrize("text", [LONG, UNBROKEN])
def test_the_longest_texts_and_largest_amount_stay_on_the_page(text: str) -> None:
    data = receipt_of(
        payer_name=text, biller=text, issuer=text, account_no="9" * 64, serial="S" * 64,
        channel=text[:60], outlet=text[:60], teller=text[:40], state="reversed", returned_at=AT,
        lines=(ReceiptLine(title=text, amount_fen=MAX_FEN),),
    )  # fmt: skip
    made = receipt(data)
    assert page_count(made) == 1
    assert outside(made) == []
    said = joined(made)
    assert said.count(text) >= 2  # the payer's and the biller's; others may wrap between columns
    assert "¥9,999,999,999,999.99" in said
    assert "人民币玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分" in said


def test_the_same_data_gives_the_same_bytes() -> None:
    assert receipt(receipt_of()) == receipt(receipt_of())
    assert receipt(receipt_of()) != receipt(receipt_of(printed_at=AT + timedelta(seconds=1)))


def test_what_no_receipt_can_say_is_refused() -> None:
    for fen in (-1, MAX_FEN + 1):
        with pytest.raises(AmountError):
            receipt(receipt_of(lines=(ReceiptLine(title="水费", amount_fen=fen),)))
    with pytest.raises(ValueError, match="without a zone"):
        receipt(receipt_of(paid_at=AT.replace(tzinfo=None)))
