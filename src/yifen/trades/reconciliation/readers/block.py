"""Lines of a partner's file as columns: what is kept of each, and by what it is matched.

A kept line is a detail line of the hub's own daily file, so that a file of ours is kept as it came:
`D|kind|serial|original|ref||account|fen|at|||fee|batch`, the last two only where there is either.
sql/packs_v1.sql reads it.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yifen.core.facts.daily_cells import escaped
from yifen.trades.reconciliation.rows import Row

Ints = NDArray[np.int64]


class Block(NamedTuple):
    """Lines, each with its LF, and of each its number in the file, its place and bytes in `text`, those of its
    serial in `serials`, its signed fen, its fee. `offset`: where the text stands in the stream it was read from;
    None: it was made."""

    text: bytes
    line_nos: Ints
    line_at: Ints
    line_bytes: Ints
    serials: bytes
    serial_at: Ints
    serial_bytes: Ints
    fens: Ints
    fees: Ints
    offset: int | None = None

    @property
    def lines(self) -> int:
        return len(self.line_nos)

    @property
    def net_fen(self) -> int:
        return int(self.fens.sum())

    @property
    def fee_fen(self) -> int:
        return int(self.fees.sum())


def of_rows(rows: Sequence[Row], account: Callable[[str], str]) -> Block:
    """Rows as they were read, each account number as `account` makes it."""
    return of_columns(
        [row.line_no for row in rows], [row.kind for row in rows], [row.serial for row in rows],
        [row.amount_fen for row in rows], [row.fee_fen for row in rows],
        [row.at.isoformat() if row.at else "" for row in rows], [row.original for row in rows],
        [row.ref for row in rows], [account(row.account_no) if row.account_no else "" for row in rows],
        [row.batch for row in rows],
    )  # fmt: skip


def of_columns(
    line_nos: Sequence[int], kinds: Sequence[str], serials: Sequence[str], fens: Sequence[int],
    fees: Sequence[int], ats: Sequence[str], originals: Sequence[str], refs: Sequence[str],
    accounts: Sequence[str], batches: Sequence[str],
) -> Block:  # fmt: skip
    """Columns of equal length. `fens` are never negative, `fees` are when we pay them; `ats` local wall
    clock, ISO or 14 digits; a text that is not there is empty."""
    columns = (serials, originals, refs, accounts, batches)
    marked = [list(map(escaped, column)) if _any_mark(column) else column for column in columns]
    lines = [
        f"D|{kind}|{serial}|{original}|{ref}||{account}|{fen}|{at}|||{fee}|{batch}\n".encode()
        for kind, fen, fee, at, serial, original, ref, account, batch in zip(
            kinds, fens, fees, ats, *marked, strict=True)
    ]  # fmt: skip
    encoded = [serial.encode() for serial in serials]
    line_at, line_bytes = _laid(lines)
    serial_at, serial_bytes = _laid(encoded)
    plus = np.array([kind in ("sale", "in") for kind in kinds], bool)
    amounts = _ints(fens)
    return Block(
        b"".join(lines), _ints(line_nos), line_at, line_bytes - 1, b"".join(encoded), serial_at, serial_bytes,
        np.where(plus, amounts, -amounts), _ints(fees),
    )  # fmt: skip


def _laid(texts: list[bytes]) -> tuple[Ints, Ints]:
    """Where each begins when they stand one after the other, and its bytes."""
    sizes = _ints(list(map(len, texts)))
    return np.cumsum(sizes) - sizes, sizes


def _any_mark(column: Sequence[str]) -> bool:
    joined = "".join(column)
    return "%" in joined or "|" in joined or not joined.isprintable()


def _ints(column: Any) -> Ints:
    return np.array(column, np.int64)
