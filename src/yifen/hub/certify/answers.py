"""What an answer of a biller means: which payable to charge, what became of a serial. Pure."""

from typing import NamedTuple

from yifen.core.facts.codes import Code
from yifen.core.wire.kinds import AMOUNT_MAX_FEN
from yifen.core.wire.replies import BillerAnswer, PayableView, PaymentReply

FIRST_BUSINESS_CODE = 3000  # a code below speaks of the message, not of the payment


class Debt(NamedTuple):
    """A payable chosen to be charged: the least amount that it accepts, in fen, and amounts that
    it must not accept."""

    payable: str
    mode: str
    due_fen: int
    amount_fen: int
    wrong_fen: tuple[int, ...]


def least_fen(view: PayableView) -> int:
    """The least amount that a payable accepts."""
    if view.mode == "exact":
        return view.due_fen
    if view.mode == "partial":
        return min(max(view.min_fen, 1), view.due_fen)
    return max(view.min_fen, 1)


def debt_of(view: PayableView) -> Debt:
    """What to charge of a payable, and what must be refused: a fen too much, and where the whole
    amount is asked a fen too little."""
    most = view.max_fen if view.mode == "open" else view.due_fen
    wrong = [most + 1] if most < AMOUNT_MAX_FEN else []
    if view.mode == "exact" and view.due_fen > 1:
        wrong.append(view.due_fen - 1)
    return Debt(view.payable, view.mode, view.due_fen, least_fen(view), tuple(wrong))


def code_text(answer: BillerAnswer) -> str:
    """`4001 SERIAL_REUSED`; a code of the biller's own stands alone."""
    return answer.wire_code if answer.is_foreign else f"{answer.wire_code} {answer.code.name}"


def state_of(answer: BillerAnswer) -> str:
    """What confirm says of a serial: booked, gone (refused or taken back), never (not seen), or
    unclear. The same reading as the hub's own (domain.md 1.1)."""
    if answer.code is Code.SERIAL_UNKNOWN:
        return "never"
    reply = answer.reply
    if answer.code is Code.OK and isinstance(reply, PaymentReply):
        if (reply.payer_state, reply.biller_state) == ("taken", "booked"):
            return "booked"
        return "gone" if reply.biller_state in ("rejected", "reversed") else "unclear"
    vague = answer.is_foreign or answer.code.meaning.retryable
    return "unclear" if vague or answer.code < FIRST_BUSINESS_CODE else "gone"
