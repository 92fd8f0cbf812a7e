"""What people type and paste, read right: amounts, shares, accounts, names, reasons; or refused with a number."""

import pytest

from yifen.core.facts.bank_accounts import typed_account, typed_name
from yifen.core.facts.codes import Code
from yifen.core.facts.money import AmountError, typed_yuan
from yifen.core.facts.reasons import REASON_MAX, reason, remark
from yifen.core.facts.refused import Refused

AMOUNTS = {
    "1,234.56": 123_456, "１，２３４．５６": 123_456, "12.5元": 1_250, "¥ 12.50": 1_250, "￥12.50": 1_250,
    "150 元整": 15_000, "RMB 1 234": 123_400, "0": 0, " .54 ": 54, "３圆": 300,
}  # fmt: skip


@pytest.mark.parametrize("text", AMOUNTS, ids=range(len(AMOUNTS)))
def test_a_pasted_amount_is_read(text):
    assert typed_yuan(text) == AMOUNTS[text]


WRONG = ("-1", "-0", "-0.00", "－5", "+5", "1e5", "1.005", "1.2.3", "元", "¥", "1.5万元", "12元5", "٣", "NaN", "9" * 41,
         "")


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_what_is_no_amount_is_none(text):
    with pytest.raises(AmountError):
        typed_yuan(text)


def test_accounts_and_names_have_one_form():
    assert typed_account(" ６２１７ 0027－0000abc ") == "62170027-0000ABC"
    assert typed_name("　青溪　供电  公司 ") == "青溪 供电 公司"


def test_a_reason_is_one_line_that_can_be_read():
    assert reason(" 查\n明\x00\u202e了\u200b 😀 ") == "查 明 了 😀"
    assert remark("\u200b\n\t") == ""
    for typed, code in (("", Code.REASON_MISSING), ("\u200b\u202e \n", Code.REASON_MISSING),
                        ("\u3164\u2800", Code.REASON_MISSING),
                        ("理" * (REASON_MAX + 1), Code.TEXT_TOO_LONG)):  # fmt: skip
        with pytest.raises(Refused) as caught:
            reason(typed)
        assert (caught.value.code, caught.value.field) == (code, "reason")
    assert reason("理" * REASON_MAX) == "理" * REASON_MAX
    assert Refused(Code.REASON_MISSING, "reason").text("zh") == "2113 须写明理由"
