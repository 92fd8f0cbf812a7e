"""The messages of both dialects: requests, and the fault that refuses one.

These structs are the field table: codecs, OpenAPI, XSD and the docs are made from them. A name
means the same everywhere; its text stands in `words.py`. Money is integer fen.
"""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.wire.values import Amount, Day, Moment, Name, Serial, Text32, Text40, Text100

REPLAY_WINDOW_S = 300
LINES_MAX = 20


class WireFault(Refused):
    """A message cannot be taken; `field` is the path within it."""

    code: Code


class Message(Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What every message has: its verb."""

    VERB: ClassVar[str] = ""


class Query(Message, kw_only=True):
    """查询: what does this account number owe to this biller, and to whom does it belong?"""

    VERB: ClassVar[str] = "query"
    biller: Name
    account_no: Text40


class Line(Struct, kw_only=True, forbid_unknown_fields=True, gc=False):
    """One payable of a charge, and what is paid of it."""

    payable: Text40
    amount_fen: Amount


class Charge(Message, kw_only=True):
    """销账: the payer has paid these payables; `amount_fen` is the sum of the lines."""

    VERB: ClassVar[str] = "charge"
    serial: Serial = ""  # travels in the head: `Head/Serial`, `Idempotency-Key`
    biller: Name
    account_no: Text40
    amount_fen: Amount
    lines: Annotated[list[Line], Meta(min_length=1, max_length=LINES_MAX)]
    quote: Serial | None = None
    business_day: Day | None = None
    paid_at: Moment
    operator: Text32 | None = None


class Confirm(Message, kw_only=True):
    """销账结果查询: what became of the charge, reversal or refund with this serial?"""

    VERB: ClassVar[str] = "confirm"
    original_serial: Serial


class Reverse(Message, kw_only=True):
    """冲正: take a payment back on its own business day."""

    VERB: ClassVar[str] = "reverse"
    serial: Serial = ""
    original_serial: Serial
    amount_fen: Amount
    reason: Text100 | None = None


class Refund(Reverse, kw_only=True):
    """退款: give a payment back after its business day was closed: whole, or in parts up to what is left."""

    VERB: ClassVar[str] = "refund"


class FileRequest(Message, kw_only=True):
    """对账文件: fetch the reconciliation file of a business day."""

    VERB: ClassVar[str] = "file"
    business_day: Day


Request = Query | Charge | Confirm | Reverse | Refund | FileRequest

REQUESTS: dict[str, type[Message]] = {
    kind.VERB: kind for kind in (Query, Charge, Confirm, Reverse, Refund, FileRequest)
}
