"""What to charge of a payable, and what an answer of confirm means."""

import pytest

from yifen.core.facts.codes import Code
from yifen.core.wire.kinds import AMOUNT_MAX_FEN
from yifen.core.wire.moments import day_of
from yifen.core.wire.replies import PayableView, PaymentReply, answer_of
from yifen.hub.certify.answers import Debt, debt_of, state_of


@pytest.mark.parametrize(
    ("mode", "due", "least", "most", "debt"),
    [
        ("exact", 300, 300, 300, Debt("P", "exact", 300, 300, (301, 299))),
        ("exact", 1, 1, 1, Debt("P", "exact", 1, 1, (2,))),
        ("exact", 0, 0, 0, Debt("P", "exact", 0, 0, (1,))),
        ("partial", 5000, 100, 5000, Debt("P", "partial", 5000, 100, (5001,))),
        ("partial", 60, 100, 5000, Debt("P", "partial", 60, 60, (61,))),
        ("open", 0, 0, 2000, Debt("P", "open", 0, 1, (2001,))),
        ("open", 0, 10, AMOUNT_MAX_FEN, Debt("P", "open", 0, 10, ())),
    ],
)
def test_the_least_amount_is_charged_and_one_beyond_must_be_refused(
    mode: str, due: int, least: int, most: int, debt: Debt
) -> None:
    view = PayableView(payable="P", title="x", mode=mode, due_fen=due, min_fen=least, max_fen=most)
    assert debt_of(view) == debt


def payment(payer: str, biller: str) -> PaymentReply:
    return PaymentReply(payment_id=1, serial="S", amount_fen=1, business_day=day_of("20261123"),
                        payer_state=payer, biller_state=biller)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "states", "state"),
    [
        (Code.OK, ("taken", "booked"), "booked"),
        (Code.OK, ("returned", "reversed"), "gone"),
        (Code.OK, ("returned", "rejected"), "gone"),
        (Code.OK, ("held", "unknown"), "unclear"),
        (Code.OK, None, "unclear"),
        (Code.SERIAL_UNKNOWN, None, "never"),
        (Code.AMOUNT_WRONG, None, "gone"),
        (Code.PROCESSING, None, "unclear"),
        (Code.BUSY, None, "unclear"),
        (Code.SIGNATURE_INVALID, None, "unclear"),
        ("E77", None, "unclear"),
    ],
)
def test_what_confirm_means(code: Code | str, states: tuple[str, str] | None, state: str) -> None:
    assert state_of(answer_of(code, payment(*states) if states else None, "")) == state
