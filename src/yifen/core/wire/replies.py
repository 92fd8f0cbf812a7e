"""The replies of both dialects. Amounts are fen; every reply travels with a code and a text."""

from typing import Annotated, ClassVar, NamedTuple

from msgspec import Meta, Struct

from yifen.core.facts.codes import Code, wire_code
from yifen.core.wire.messages import Message
from yifen.core.wire.values import (
    Amount,
    AmountOrZero,
    Day,
    Id,
    Mode,
    Moment,
    Name,
    Result,
    Serial,
    State,
    Text40,
    Text100,
)

PAYABLES_MAX = 500


class PayableView(Struct, kw_only=True, omit_defaults=True, gc=False):
    """One payable as a query answers it: what is due and which amounts are accepted, in fen."""

    payable: Text40
    title: Text100
    mode: Mode
    due_fen: AmountOrZero
    min_fen: AmountOrZero
    max_fen: AmountOrZero
    due_on: Day | None = None


class QueryReply(Message, kw_only=True):
    """What the account owes; `payer_name` is masked."""

    VERB: ClassVar[str] = "query"
    biller: Name
    account_no: Text40
    payer_name: Text40
    quote: Serial | None = None
    quote_expires_at: Moment | None = None
    payables: Annotated[list[PayableView], Meta(max_length=PAYABLES_MAX)]


class PaymentReply(Message, kw_only=True):
    """A payment as it stands: answers charge and confirm. `result` (confirm only): the code that
    the original request was or would be answered with."""

    VERB: ClassVar[str] = "charge"
    payment_id: Id
    serial: Serial
    amount_fen: Amount
    business_day: Day
    booked_at: Moment | None = None
    payer_state: State
    biller_state: State
    biller_serial: Text40 | None = None
    result: Result | None = None


class ReverseReply(Message, kw_only=True):
    """A payment taken back: `payment_id` is the original's."""

    VERB: ClassVar[str] = "reverse"
    payment_id: Id
    serial: Serial
    original_serial: Serial
    amount_fen: Amount
    business_day: Day
    booked_at: Moment | None = None


Reply = QueryReply | PaymentReply | ReverseReply

REPLIES: dict[str, type[Message]] = {
    "query": QueryReply,
    "charge": PaymentReply,
    "confirm": PaymentReply,
    "reverse": ReverseReply,
    "refund": ReverseReply,
}


class BillerAnswer(NamedTuple):
    """What a partner answered: `reply` only where the code comes with one. A code that is not in
    our table arrives as BILLER_REJECTED with the partner's own text in `wire_code`."""

    code: Code
    reply: Reply | None
    message: str
    wire_code: str

    @property
    def is_foreign(self) -> bool:
        return self.wire_code != wire_code(self.code)


def answer_of(code: Code | str, reply: Reply | None, message: str) -> BillerAnswer:
    """An answer out of a code as it was read."""
    if isinstance(code, Code):
        return BillerAnswer(code, reply, message, wire_code(code))
    return BillerAnswer(Code.BILLER_REJECTED, reply, message, code)
