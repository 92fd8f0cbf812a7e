"""The neutral row every reader yields, and the error every reader raises."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Literal

import msgspec

RowKind = Literal["sale", "refund", "void"]


class Row(msgspec.Struct, frozen=True):
    """One transaction of a file, in the neutral form.

    `amount_fen` is never negative: `kind` tells the direction. `fee_fen` is signed, negative
    when we pay it. `at` is local wall clock without a zone. `line_no` counts from 1.
    """

    serial: str
    amount_fen: int
    fee_fen: int
    at: datetime
    kind: RowKind
    line_no: int
    extra: Mapping[str, str]

    @property
    def signed_fen(self) -> int:
        """The amount in fen as it moves the balance: plus for a sale, minus for the others."""
        return self.amount_fen if self.kind == "sale" else -self.amount_fen


class FileError(ValueError):
    """A file breaks its format; the message names line and column."""

    def __init__(self, line_no: int, column: str, reason: str) -> None:
        super().__init__(f"line {line_no}, column {column}: {reason}")
        self.line_no, self.column, self.reason = line_no, column, reason


class Serials:
    """The serials of one file, to refuse a repeat; `column` is what the file calls them.

    Keeps a 16-byte digest of each, about 100 bytes of memory per row whatever the serial's
    length: 100 MB for a file of one million rows, the only state that grows with the file.
    """

    def __init__(self, column: str) -> None:
        self._column = column
        self._seen: set[bytes] = set()

    def add(self, line_no: int, serial: str) -> None:
        """Note a serial; FileError when this file had it before."""
        digest = blake2b(serial.encode(), digest_size=16).digest()
        if digest in self._seen:
            raise FileError(line_no, self._column, f"repeated in the file: {serial!r}")
        self._seen.add(digest)
