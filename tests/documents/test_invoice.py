"""An invoice on numbered paper: what it says, its mark, its sizes."""

from datetime import date
from typing import Any

import pytest

from tests.documents.reading import lines, page_count, size_mm
from tests.documents.world import AT
from yifen.core.documents.invoice import Invoice, invoice
from yifen.core.documents.receipt import ReceiptLine


def invoice_of(**changes: Any) -> Invoice:
    said: dict[str, Any] = {
        "layout": "a5", "kind": "山东电力电费发票", "prefix": "137011234567", "number": "00012346",
        "seller": "青溪供电公司", "account_no": "3201000001", "payer_name": "**小明",
        "lines": (ReceiptLine(title="2026-09 电费", amount_fen=12_345), ReceiptLine(title="违约金", amount_fen=55)),
        "business_day": date(2026, 11, 24), "payment_id": 2026110000000001, "channel": "柜面",
        "outlet": "青溪营业部", "teller": "t001 王芳", "printed_at": AT,
    }  # fmt: skip
    return Invoice(**(said | changes))


def test_it_says_number_company_lines_and_the_sum_in_words() -> None:
    said = " ".join(lines(invoice(invoice_of())))
    for piece in ("山东电力电费发票", "137011234567", "00012346", "青溪供电公司", "3201000001", "2026-09 电费",
                  "123.45", "¥124.00", "壹佰贰拾肆元整", "t001 王芳"):  # fmt: skip
        assert piece in said
    assert "重打" not in said


@pytest.mark.parametrize(("copy", "copy_no", "mark"), [("reprint", 1, "重打"), ("supplementary", 2, "补打 2")])
def test_what_is_printed_again_or_later_is_marked(copy, copy_no, mark) -> None:
    assert mark in " ".join(lines(invoice(invoice_of(copy=copy, copy_no=copy_no))))


@pytest.mark.parametrize(("layout", "width", "height"), [("a5", 210, 148), ("a4", 210, 297), ("slip", 80, None)])
def test_each_layout_is_one_page_of_its_size(layout, width, height) -> None:
    made = invoice(invoice_of(layout=layout))
    assert page_count(made) == 1
    found = size_mm(made)
    assert found[0] == width
    assert height in (None, found[1])
