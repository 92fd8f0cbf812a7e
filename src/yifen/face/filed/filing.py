"""What a kind of file allows, and the codes by which it is refused."""

from typing import NamedTuple

from yifen.core.facts.codes import ResultCode

PIECE_ROWS = 1_000
"""Rows of one bucket that one transaction imports: charges of that bucket wait for it."""


class Filing(NamedTuple):
    """Its columns by what headers call them, those that are always there; how large it may be; the codes."""

    columns: dict[str, tuple[str, ...]]
    needed: tuple[str, ...]
    encoding: ResultCode
    too_large: ResultCode
    wrong_columns: ResultCode
    broken: ResultCode
    empty: ResultCode
    cells: ResultCode  # of a row: more or fewer than the header
    bytes_max: int = 25 << 20
    rows_max: int = 200_000
    loose: bool = False  # columns that nobody asked for are read past, merged cells hold for each of their rows

    @property
    def unpacked_max(self) -> int:
        """Of an Excel file, in bytes."""
        return 10 * self.bytes_max
