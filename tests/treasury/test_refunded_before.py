"""What a merchant gives back between the voucher and the second person's word."""

from collections.abc import Callable

from tests.treasury.house import ACCOUNT, TreasuryHouse


def test_nobody_agrees_to_pay_more_than_is_left_of_a_swipe(house_of: Callable[..., TreasuryHouse]):
    house = house_of()
    assert house.units(("101001", "第一中学", "101"), **ACCOUNT) == "OK"
    (repayment,) = house.due(53_200)
    code, voucher = house.make(repayment)
    assert code == "OK"
    number = house.world.value("SELECT max(serial) FROM card_word")[1:]
    refund = house.swipe("B1", 53_200, "refund", reference=f"RS{number}")
    assert house.take(swipes=[refund]) == []
    assert (house.agree(voucher), house.agree(voucher, yes=False)) == ("CARD_REPAYMENT_OVER", "OK")
    assert house.make(repayment) == ("CARD_REPAYMENT_OVER", None)
