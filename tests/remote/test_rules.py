"""What an answer means for the payer's money, as tables."""

from datetime import date

import pytest

from yifen.core.facts.codes import Code, wire_code
from yifen.core.wire.replies import BillerAnswer, PaymentReply, answer_of
from yifen.hub.payments.remote.rules import (
    LADDER_S,
    BillerOutcome,
    charge_outcome,
    confirm_outcome,
    reverse_outcome,
)

TABLE = {"E1": "refund_now", "E2": "hold", "E3": "booked", "0000": "hold", "5005": "booked"}


def payment(
    payer_state: str = "taken", biller_state: str = "booked", fen: int = 100
) -> PaymentReply:
    return PaymentReply(
        payment_id=77, serial="1000", amount_fen=fen, business_day=date(2026, 11, 23),
        payer_state=payer_state, biller_state=biller_state,
    )  # fmt: skip


def said(code: Code | str, reply: PaymentReply | None = None) -> BillerAnswer:
    return answer_of(code, reply, "")


@pytest.mark.parametrize(
    ("answer", "again", "word"),
    [
        (said(Code.OK, payment()), False, "booked"),
        (said(Code.OK, payment()), True, "booked"),
        (said("E1"), False, "rejected"),
        (said("E2"), False, "unknown"),
        (said("E3"), False, "booked"),
        (said("E9"), False, "unknown"),
        (said("E1"), True, "rejected"),
        (said("E9"), True, "unknown"),
        (said(Code.BILLER_REJECTED), False, "rejected"),
        (said(Code.BILLER_REJECTED), True, "rejected"),
        (said(Code.PROCESSING), False, "unknown"),
        (said(Code.BUSY), False, "unknown"),
        (said(Code.FAULT), True, "unknown"),
        (said(Code.ALREADY_PAID), False, "booked"),  # by the biller's table
        (said(Code.SERIAL_REUSED), False, "rejected"),
        (said(Code.SERIAL_REUSED), True, "unknown"),
        (said(Code.PAYABLE_UNKNOWN), True, "unknown"),
        (said(Code.SIGNATURE_INVALID), False, "rejected"),  # it read nothing, the first time
        (said(Code.SIGNATURE_INVALID), True, "unknown"),
        (said(Code.ACCOUNT_UNKNOWN), True, "rejected"),
    ],
)
def test_a_charge_was_answered(answer: BillerAnswer, again: bool, word: str) -> None:
    outcome = charge_outcome(answer, TABLE, again)
    assert (outcome.word, outcome.biller_code) == (word, answer.wire_code)
    assert outcome.biller_serial == ("77" if answer.reply else None)
    assert outcome.resend is False


def test_already_paid_after_a_re_send_is_never_a_refusal() -> None:
    assert charge_outcome(said(Code.ALREADY_PAID), {}, again=False).word == "rejected"
    assert charge_outcome(said(Code.ALREADY_PAID), {}, again=True).word == "unknown"


@pytest.mark.parametrize(
    ("answer", "resent", "outcome"),
    [
        (said(Code.OK, payment()), False, BillerOutcome("booked", "77", "0000")),
        (said(Code.OK, payment("held", "unknown")), False, BillerOutcome("unknown", "77", "0000")),
        (said(Code.OK, payment("held", "sent")), True, BillerOutcome("unknown", "77", "0000")),
        (
            said(Code.OK, payment("returned", "rejected")),
            False,
            BillerOutcome("rejected", "77", "0000"),
        ),
        (
            said(Code.OK, payment("returned", "reversed")),
            False,
            BillerOutcome("rejected", "77", "0000"),
        ),
        (
            said(Code.OK, payment("taken", "reversing")),
            False,
            BillerOutcome("unknown", "77", "0000"),
        ),
        (said(Code.OK, payment(fen=101)), False, BillerOutcome("unknown", None, "0000")),
        (said(Code.OK), False, BillerOutcome("unknown", None, "0000")),  # a yes to what?
        (said(Code.SERIAL_UNKNOWN), False, BillerOutcome("unknown", None, "4003", resend=True)),
        (said(Code.SERIAL_UNKNOWN), True, BillerOutcome("unknown", None, "4003")),
        (said(Code.AMOUNT_WRONG), False, BillerOutcome("rejected", None, "5011")),
        (said(Code.REVERSED_BEFORE_CHARGE), False, BillerOutcome("rejected", None, "4002")),
        (said(Code.SIGNATURE_INVALID), False, BillerOutcome("unknown", None, "2005")),
        (said(Code.UNAVAILABLE), False, BillerOutcome("unknown", None, "9002")),
        (said("E1"), False, BillerOutcome("unknown", None, "E1")),
    ],
)
def test_a_requery_was_answered(answer: BillerAnswer, resent: bool, outcome: BillerOutcome) -> None:
    assert confirm_outcome(answer, 100, resent) == outcome


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (Code.OK, "reversed"),
        (Code.ORIGINAL_UNKNOWN_BLOCKED, "reversed"),
        (Code.ALREADY_REVERSED, "reversed"),
        (Code.ORIGINAL_NOT_BOOKED, "reversed"),
        (Code.SERIAL_UNKNOWN, "reversed"),
        (Code.ORIGINAL_MISMATCH, "reverse_refused"),
        (Code.DAY_CLOSED_USE_REFUND, "reverse_refused"),
        (Code.BILLER_REJECTED, "reverse_refused"),
        (Code.ORIGINAL_PROCESSING, None),
        (Code.PROCESSING, None),
        (Code.MESSAGE_STALE, None),
        ("E1", None),
    ],
)
def test_a_reversal_was_answered(code: Code | str, word: str | None) -> None:
    outcome = reverse_outcome(said(code))
    if word is None:
        assert outcome is None
    else:
        assert outcome == BillerOutcome(word, None, wire_code(Code(code)))


@pytest.mark.parametrize("code", [code for code in Code if code.meaning.retryable])
def test_a_retryable_code_never_decides_anything(code: Code) -> None:
    assert charge_outcome(said(code), {}, again=False).word == "unknown"
    assert charge_outcome(said(code), {}, again=True).word == "unknown"
    assert confirm_outcome(said(code), 100, resent=True).word == "unknown"
    assert reverse_outcome(said(code)) is None


def test_the_ladder_only_climbs() -> None:
    assert list(LADDER_S) == sorted(LADDER_S)
    assert (LADDER_S[0], LADDER_S[-1]) == (1, 3600)
