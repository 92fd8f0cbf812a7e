"""A file in packs read again from its bytes: do its lines, slot by slot, come out as they were packed?

Who read it wrote the packs, and is believed until then: a run opens no slot whose sums and marks are ours.
"""

from collections.abc import Iterator
from datetime import date
from tempfile import TemporaryFile
from typing import Any

import numpy as np
import psycopg

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.sqlfiles import queries
from yifen.trades.reconciliation import marks
from yifen.trades.reconciliation.loading import ROWS_AT_ONCE
from yifen.trades.reconciliation.packing import SLOTS
from yifen.trades.reconciliation.profile import LegProfile, read_profile
from yifen.trades.reconciliation.readers.block import Block, Ints, of_rows
from yifen.trades.reconciliation.readers.hub_file import ENCODINGS
from yifen.trades.reconciliation.readers.registry import Hints, Reading, open_file
from yifen.trades.reconciliation.rows import FileError

_SQL = queries(__package__)
_BYTES, _SLOTS, _SEED = _SQL["file_bytes"], _SQL["slots"], _SQL["seed"]
Sums = dict[int, tuple[int, int, int, int]]


def read_again(
    conn: psycopg.Connection[Any], file_id: int, partner: int, day: date, version: int, code: str, name: str
) -> list[str]:
    """What is wrong with it; nothing of a layout, which people may have changed since."""
    if code == "layout":
        return []
    seed = conn.execute(_SEED).fetchone()
    assert seed is not None
    profile = read_profile(conn, partner)
    with TemporaryFile() as stream:
        _copy_bytes(conn, file_id, stream)
        found = next(filter(None, _readings(stream, code, profile, day, name, seed[0])), None)
    kept: Sums = {row[0]: row[1:] for row in conn.execute(_SLOTS, (file_id,)).fetchall()}
    if found == kept:
        return []
    wrong = f"has other lines than its bytes in slot {_first(found, kept)}" if found else "can not be read again"
    return [f"recon_file {file_id} partner {partner} day {day} version {version} {wrong}"]


def _first(found: Sums, kept: Sums) -> int:
    return min(slot for slot in found.keys() | kept.keys() if found.get(slot) != kept.get(slot))


def _copy_bytes(conn: psycopg.Connection[Any], file_id: int, stream: Any) -> None:
    """As it came; in packs are no bank's, so nothing is sealed."""
    with conn.transaction(), conn.cursor(name="again") as cursor:
        for _, body, _ in cursor.execute(_BYTES, (file_id,)):
            stream.write(body)


def _readings(
    stream: Any, code: str, profile: LegProfile, day: date, name: str, seed: int
) -> Iterator[Sums | None]:
    """By the partner's encoding, and by the others, for it may have been another one."""
    for encoding in dict.fromkeys((profile.encoding.lower(), *ENCODINGS)):
        stream.seek(0)
        hints = Hints(day=day, name=name, encoding=encoding, cut_off=profile.own_cut_off, currency=profile.currency)
        try:
            yield _sums(open_file(code, stream, hints), seed)
        except (FileError, ValueError):
            yield None


def _sums(reading: Reading, seed: int) -> Sums:
    rows, fens, seen, seen_fees = (np.zeros(SLOTS, np.int64) for _ in range(4))
    for piece in reading.pieces(ROWS_AT_ONCE):
        if piece:
            block = piece if isinstance(piece, Block) else of_rows(piece, clean_account)
            whole = marks.texts(block.serials, block.serial_at, block.serial_bytes, seed)
            slots = (whole & np.uint64(SLOTS - 1)).astype(np.int64)
            np.add.at(rows, slots, 1)
            np.add.at(fens, slots, block.fens)
            np.bitwise_xor.at(seen, slots, marks.numbers(block.fens, whole).view(np.int64))
            np.bitwise_xor.at(seen_fees, slots, marks.numbers(block.fees, whole).view(np.int64))
    used: Ints = np.flatnonzero(rows)
    figures = zip(*(column[used].tolist() for column in (rows, fens, seen, seen_fees)), strict=True)
    return dict(zip(used.tolist(), figures, strict=True))
