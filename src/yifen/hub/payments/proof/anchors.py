"""Anchors: where the chains stood, kept where nobody who writes the database reaches.

A line of JSON says when, of which database (the digest of its trail's first entry), and the heads of
the trail and of every bucket's chain. Whoever cuts a tail off, or seals everything anew, no longer has
what stands in the line.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.core.ledger.archived import archived
from yifen.core.wire import outbound
from yifen.core.wire.decoding import decoded

_SQL = queries(__package__)
_HEADS, _ENTRY, _BATCH = _SQL["heads_now"], _SQL["entry_digest"], _SQL["batch_hash"]
TIMEOUT_S = 10


class Anchor(msgspec.Struct, frozen=True):
    """One line; hashes in hex, `ledger` as (bucket, batch, hash)."""

    at: datetime
    database: str
    trail: tuple[int, str]
    ledger: list[tuple[int, int, str]]


class AnchorLost(Exception):
    """An anchor could not be kept; the message says why."""


def take(conn: psycopg.Connection[Any], now: datetime) -> Anchor:
    """The heads as they stand at one moment."""
    row = conn.execute(_HEADS).fetchone()
    assert row is not None
    return Anchor(now, row[0], (row[1], row[2]), [tuple(head) for head in row[3]])


def line(anchor: Anchor) -> bytes:
    """The anchor with its LF."""
    return msgspec.json.encode(anchor) + b"\n"


def append(file: Path, anchor: Anchor) -> None:
    """To the end of a file that only its owner reads, on the disk when this returns. AnchorLost."""
    try:
        handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(handle).st_size
            torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            os.write(handle, b"\n" * torn + line(anchor))
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise AnchorLost(f"{file}: {error.strerror}") from None


def post(address: str, anchor: Anchor) -> None:
    """To an address that answers 2xx once it has kept it. AnchorLost; redirects are not followed."""
    try:
        answer = outbound.call("POST", address, {"content-type": "application/json"}, line(anchor),
                               TIMEOUT_S)  # fmt: skip
    except outbound.NoReply as error:
        raise AnchorLost(f"the address does not answer: {error}") from None
    if not 200 <= answer.status < 300:
        raise AnchorLost(f"the address answers {answer.status}")


def altered(conn: psycopg.Connection[Any], lines: Iterable[bytes]) -> list[str]:
    """The first anchor that does not stand in the chains any more; a line that is none is named too."""
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            anchor = decoded(text, Anchor)
        except ValueError:
            return [f"anchor line {number} is no anchor"]
        for problem in _compared(conn, anchor):
            return [f"anchor line {number} of {anchor.at.isoformat(timespec='seconds')}: {problem}"]
    return []


def _compared(conn: psycopg.Connection[Any], anchor: Anchor) -> Iterator[str]:
    now = take(conn, anchor.at)
    if now.database != anchor.database:
        yield "it is of another database, or the audit trail was begun anew"
    entry_no, digest = anchor.trail
    yield from _standing(conn, _ENTRY, (entry_no,), digest, f"audit_entry {entry_no}")
    below = archived(conn).below
    for bucket, batch_no, found in anchor.ledger:
        if 0 < batch_no < below:  # the archive's own chain says
            continue
        name = f"ledger_batch bucket {bucket} batch_no {batch_no}"
        yield from _standing(conn, _BATCH, (bucket, batch_no), found, name)


def _standing(
    conn: psycopg.Connection[Any], statement: str, key: tuple[int, ...], digest: str, name: str
) -> Iterator[str]:
    """What is wrong with one head; that of an empty chain is numbered 0 and no row."""
    row = conn.execute(statement, key).fetchone()
    if row is None and key[-1]:
        yield f"{name} is not there any more"
    elif row is not None and row[0] != digest:
        yield f"{name} has another hash than was anchored"


def read(file: Path) -> list[bytes]:
    """The lines of a file of anchors. AnchorLost."""
    try:
        return file.read_bytes().splitlines()
    except OSError as error:
        raise AnchorLost(f"{file}: {error.strerror}") from None
