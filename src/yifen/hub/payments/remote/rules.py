"""What a biller's answer means for the payer's money: pure decisions of the re-query ladder."""

from collections.abc import Mapping
from typing import NamedTuple

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.codes import Code
from yifen.core.wire.messages import Charge, Confirm, Message, Query, Reverse
from yifen.core.wire.replies import BillerAnswer, PaymentReply, QueryReply, Reply, ReverseReply

# Seconds from one try to the next; after the last, reconciliation decides (H4).
LADDER_S = (1, 2, 5, 10, 30, 60, 300, 900, 3600)

# Refusals that after a time-out of ours may well mean that our first try was booked (case 1): never
# refund on them, the next re-query tells.
MAYBE_OURS = frozenset({Code.ALREADY_PAID, Code.SERIAL_REUSED, Code.PAYABLE_UNKNOWN})


# Answers to a reversal after which the biller does not have the money's worth any more.
TAKEN_BACK = frozenset({Code.OK, Code.ORIGINAL_UNKNOWN_BLOCKED, Code.ALREADY_REVERSED,
                        Code.ORIGINAL_NOT_BOOKED, Code.SERIAL_UNKNOWN})  # fmt: skip

# Below this number a code speaks of the message, not of the payment: the biller read nothing.
FIRST_BUSINESS_CODE = 3000


class BillerOutcome(NamedTuple):
    """`word` as payments_biller_result_v1 takes it; `resend`: the one re-send may be made."""

    word: str
    biller_serial: str | None = None
    biller_code: str | None = None
    resend: bool = False


UNKNOWN = BillerOutcome("unknown")


def _serial_of(answer: BillerAnswer) -> str | None:
    return str(answer.reply.payment_id) if isinstance(answer.reply, PaymentReply) else None


def fits(message: Message, reply: Reply | None) -> bool:
    """Does this reply speak of what was asked? One about another serial, account or amount proves
    nothing, whatever its code says."""
    match message, reply:
        case (Charge(), PaymentReply()):
            return (reply.serial, reply.amount_fen) == (message.serial, message.amount_fen)
        case (Confirm(), PaymentReply()):
            return reply.serial == message.original_serial
        case (Reverse(), ReverseReply()):
            asked = (message.original_serial, message.amount_fen)
            return (reply.original_serial, reply.amount_fen) == asked
        case (Query(), QueryReply()):
            same = clean_account(reply.account_no) == clean_account(message.account_no)
            return same and reply.biller == message.biller
    return reply is None


def unclear(answer: BillerAnswer) -> bool:
    """Does this say nothing about what became of the serial it was asked of?"""
    retryable = answer.code.meaning.retryable
    return answer.is_foreign or retryable or answer.code < FIRST_BUSINESS_CODE


def charge_outcome(answer: BillerAnswer, meanings: Mapping[str, str], again: bool) -> BillerOutcome:
    """A charge was answered. `again`: it had been sent before without an answer."""
    code = answer.wire_code
    if answer.code is Code.OK:
        return BillerOutcome("booked", _serial_of(answer), code)
    meaning = meanings.get(code)
    if meaning == "booked":
        return BillerOutcome("booked", None, code)
    unsure = answer.is_foreign or answer.code.meaning.retryable or (
        again and (answer.code in MAYBE_OURS or answer.code < FIRST_BUSINESS_CODE)
    )
    if meaning == "hold" or (meaning is None and unsure):
        return BillerOutcome("unknown", None, code)
    return BillerOutcome("rejected", None, code)


def confirm_outcome(answer: BillerAnswer, amount_fen: int, resent: bool) -> BillerOutcome:
    """A re-query was answered. A serial the biller never saw is sent once more; seen as refused or
    taken back it is rejected; a biller that lost it twice is left to reconciliation."""
    code = answer.wire_code
    if answer.code is Code.SERIAL_UNKNOWN:
        return BillerOutcome("unknown", None, code, resend=not resent)
    if answer.code is Code.OK and isinstance(answer.reply, PaymentReply):
        if answer.reply.amount_fen != amount_fen:
            return BillerOutcome("unknown", None, code)  # a person has to look at it
        return _state_outcome(answer.reply, code)
    if unclear(answer):
        return BillerOutcome("unknown", None, code)
    return BillerOutcome("rejected", None, code)


def _state_outcome(reply: PaymentReply, code: str) -> BillerOutcome:
    if reply.payer_state == "taken" and reply.biller_state == "booked":
        return BillerOutcome("booked", str(reply.payment_id), code)
    if reply.biller_state in ("rejected", "reversed"):
        return BillerOutcome("rejected", str(reply.payment_id), code)
    return BillerOutcome("unknown", str(reply.payment_id), code)


def reverse_outcome(answer: BillerAnswer) -> BillerOutcome | None:
    """A reversal was answered: taken back, refused, or None: ask again later."""
    code = answer.wire_code
    if answer.code in TAKEN_BACK:
        return BillerOutcome("reversed", None, code)
    if unclear(answer):
        return None
    return BillerOutcome("reverse_refused", None, code)
