"""Sample payers: the same for the same seed, and bills that the hub can take."""

from datetime import date

import pytest

from yifen.hub.simulators.people import payers

DAY = date(2026, 11, 23)


@pytest.mark.parametrize("category", ["heat", "power", "water", "gas", "property"])
@pytest.mark.parametrize("day", [DAY, date(2027, 1, 1), date(2028, 2, 29)])
def test_bills_are_payable(category: str, day: date) -> None:
    found = list(payers(category, "30", 500, 1, day))
    assert found == list(payers(category, "30", 500, 1, day))
    assert found != list(payers(category, "30", 500, 2, day))
    assert len({payer.account_no for payer in found}) == 500
    assert all(2 <= len(payer.name) <= 4 for payer in found)
    for payer in found:
        assert len({bill.ref for bill in payer.bills}) == len(payer.bills) in (1, 2)
        for bill in payer.bills:
            assert 0 < bill.min_fen <= bill.max_fen <= 10**9
            assert (bill.due_fen == 0) == (bill.mode == "open")


def test_water_has_prepaid_meters_and_heat_may_be_paid_in_parts() -> None:
    modes = [bill.mode for payer in payers("water", "33", 500, 1, DAY) for bill in payer.bills]
    assert set(modes) == {"open", "exact"}
    assert {bill.mode for payer in payers("heat", "31", 50, 1, DAY) for bill in payer.bills} == {
        "partial"
    }
