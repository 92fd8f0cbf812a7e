"""The neutral row every reader yields, and the error every reader raises."""

from datetime import datetime
from typing import Literal

import msgspec

from yifen.core.facts.codes import ResultCode
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.reasons import placed, told

RowKind = Literal["sale", "refund", "void", "in", "out"]
"""Sale, refund and void are payments and what takes them back; in and out are money on a bank
account."""


class Row(msgspec.Struct, frozen=True, gc=False):
    """One line of a partner's file, in the neutral form.

    `amount_fen` is never negative: `kind` tells the direction. `fee_fen` is signed, negative
    when we pay it. `at` is local wall clock without a zone. `line_no` counts from 1.
    """

    line_no: int
    serial: str
    kind: RowKind
    amount_fen: int
    fee_fen: int = 0
    at: datetime | None = None
    original: str = ""  # the serial that this row takes back
    ref: str = ""  # the partner's own number
    account_no: str = ""
    batch: str = ""  # rows that the partner pays in one sum

    @property
    def signed_fen(self) -> int:
        """The amount in fen as it moves the balance: plus for a sale and for money in."""
        return self.amount_fen if self.kind in ("sale", "in") else -self.amount_fen


class FileError(ValueError):
    """A file breaks its format; the message names line and column, `code` the kind of breach; `told` is the
    message in both languages, `reason` what is wrong there."""

    def __init__(
        self, line_no: int, column: str, reason: str, code: ResultCode = FileCode.FILE_BROKEN
    ) -> None:
        self.line_no, self.column, self.code = line_no, column, code
        self.reason = told(reason)
        self.told = placed(line_no, column, self.reason)
        super().__init__(self.told)
