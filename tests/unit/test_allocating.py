"""One amount over what an account owes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yifen.core.wire.messages import LINES_MAX
from yifen.core.wire.replies import PayableView
from yifen.face.payables.allocating import allocate, is_in_order


def bill(ref: str, due: int, mode: str = "exact", least: int = 1, most: int = 10**9) -> PayableView:
    """As the hub tells it."""
    if mode == "exact":
        least, most = due, due
    return PayableView(payable=ref, title=ref, mode=mode, due_fen=due, min_fen=least, max_fen=most, due_on=None)


OWED = [bill("B1", 1000), bill("B2", 500, "partial", least=100, most=500), bill("B3", 2000), bill("PREPAID", 0, "open")]


@pytest.mark.parametrize(
    ("fen", "lines", "left"),
    [
        (999, (), 999),
        (1000, (("B1", 1000),), 0),
        (1099, (("B1", 1000),), 99),  # less than may be paid of B2
        (1100, (("B1", 1000), ("B2", 100)), 0),
        (1500, (("B1", 1000), ("B2", 500)), 0),
        (3499, (("B1", 1000), ("B2", 500)), 1999),  # not to the balance while B3 is open
        (3500, (("B1", 1000), ("B2", 500), ("B3", 2000)), 0),
        (3501, (("B1", 1000), ("B2", 500), ("B3", 2000), ("PREPAID", 1)), 0),
        (0, (), 0),
    ],
)
def test_the_oldest_first_then_the_balance(fen: int, lines: tuple[tuple[str, int], ...], left: int) -> None:
    assert allocate(OWED, fen) == (lines, left)


def test_without_a_balance_what_is_too_much_is_left() -> None:
    assert allocate(OWED[:3], 4000) == ((("B1", 1000), ("B2", 500), ("B3", 2000)), 500)
    assert allocate([bill("O", 0, "open", 10, 50)], 60) == ((("O", 50),), 10)
    assert allocate([bill("O", 0, "open", 10, 50)], 9) == ((), 9)


def test_a_payment_has_so_many_lines_and_no_more() -> None:
    many = [bill(f"B{number}", 1) for number in range(LINES_MAX + 1)]
    assert allocate([*many, OWED[-1]], 100) == (tuple((f"B{number}", 1) for number in range(LINES_MAX)), 80)
    assert allocate([*many[:LINES_MAX], OWED[-1]], 100)[1] == 80


bills = st.lists(st.tuples(st.sampled_from(["exact", "partial", "open"]), st.integers(0, 500), st.integers(1, 100)),
                 max_size=25)  # fmt: skip


@given(bills, st.integers(0, 5000))
def test_nothing_is_lost_and_no_line_is_one_that_the_hub_refuses(owed: list[tuple[str, int, int]], fen: int) -> None:
    views = [bill(f"R{n}", 0 if mode == "open" else due, mode, min(least, due or least) if mode == "partial" else least)
             for n, (mode, due, least) in enumerate(owed)]  # fmt: skip
    lines, left = allocate(views, fen)
    paid = dict(lines)
    assert sum(paid.values()) + left == fen
    assert len(lines) == len(paid) <= LINES_MAX
    covered = True
    for view in (view for view in views if view.mode != "open" and view.due_fen):  # as oldest_first judges
        if view.payable in paid:
            assert covered
            assert view.min_fen <= paid[view.payable] <= view.due_fen
        covered = covered and paid.get(view.payable, 0) == view.due_fen
    for view in (view for view in views if view.mode == "open" and view.payable in paid):
        assert covered
        assert view.min_fen <= paid[view.payable] <= view.max_fen
    assert is_in_order(views, paid)


@pytest.mark.parametrize(
    ("lines", "is_so"),
    [({"B1": 1000}, True), ({"B2": 500}, False), ({"B1": 1000, "B2": 499}, True),
     ({"B1": 1000, "B2": 499, "B3": 1}, False), ({"B1": 1000, "B2": 500, "PREPAID": 1}, False),
     ({"B1": 1000, "B2": 500, "B3": 2000, "PREPAID": 1}, True)],
)  # fmt: skip
def test_a_newer_bill_never_goes_before_an_older_one(lines: dict[str, int], is_so: bool) -> None:
    assert is_in_order(OWED, lines) is is_so
