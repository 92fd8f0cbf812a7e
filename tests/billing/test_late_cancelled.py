"""A bill that is cancelled takes its late fee with it: what was asked is withdrawn, what was paid stays the payer's."""

from datetime import date

import pytest

from tests.billing.town import Town

JANUARY = date(2026, 1, 1), date(2026, 1, 31)


@pytest.mark.parametrize("paid_fen", [0, 50_000, 100_000, 108_000])
def test_a_cancelled_bill_has_no_late_fee_whatever_was_paid_of_it(town: Town, paid_fen: int):
    fee = town.fee(mode="partial", cycle="none")
    town.price(fee, [("电费", "fixed", 0, "1000")], [])
    town.late_rule(fee, "8", "8")
    town.used(town.service(town.customer("A1"), fee), *JANUARY, 1_000)
    run = town.made(fee, *JANUARY)
    assert town.published(run) == ["OK"]
    ((bill, *_),) = town.bills(run)
    town.on(date(2026, 12, 30))
    assert town.asked("A1") == {f"B{bill}": 108_000, "PREPAID": 0}  # ten days at 8 permille
    if paid_fen:
        assert town.paid("A1", {f"B{bill}": paid_fen}) == "OK"
        town.book()
    code, back = town.cancelled(bill)
    assert code == "OK"
    assert back is not None
    assert town.published(back) == ["OK"]
    town.on(date(2026, 12, 31))
    assert town.asked("A1") == {"PREPAID": 0}
    owed = town.owed("A1")
    assert owed["PREPAID"] == ("open", 0, 0, paid_fen)
    assert owed[f"B{bill}"] == (("settled", paid_fen, paid_fen, None) if paid_fen else ("withdrawn", 108_000, 0, None))
    assert town.books() == ({"1124": paid_fen, "2203": -paid_fen} if paid_fen else {})
    assert town.wrong() == []
