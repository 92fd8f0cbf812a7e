"""A file described by a table (版式): delimited, or of fixed width in bytes."""

from typing import Literal

import msgspec

Shape = Literal["delimited", "fixed"]
Target = Literal[
    "serial", "kind", "amount", "income", "expense", "fee", "day", "time", "original", "ref",
    "account_no", "batch", "",
]
CellType = Literal["text", "fen", "yuan", "day", "moment", "clock", "word"]


class FileLayoutColumn(msgspec.Struct, frozen=True):
    """One column: where it stands (from 1), what it means, how it is written."""

    position: int
    name: str  # as the header says, where columns are named
    type: CellType = "text"
    target: Target = ""
    width: int | None = None  # in bytes, of fixed shape
    words: str = ""  # of a kind: 01=sale,04=refund,31=void; of an amount: +=in,-=out


class FileLayout(msgspec.Struct, frozen=True):
    """A whole file; the fields are those of the table `recon_layout`."""

    code: str
    shape: Shape
    columns: tuple[FileLayoutColumn, ...]
    encoding: str = "UTF-8"
    delimiter: str = "|"
    quote: str = ""
    header_lines: int = 0
    named: bool = False
    totals: Literal["", "first", "last"] = ""
    totals_mark: str = ""
    count_at: int | None = None
    amount_at: int | None = None
