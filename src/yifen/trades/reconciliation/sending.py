"""A thread that sends a file's packs and bytes while its lines are read: server and reader work at once.

It alone uses the connection meanwhile. Packs go first; bytes go while none are there, where the file can be
read at any place.
"""

import os
from collections.abc import Iterator
from io import UnsupportedOperation
from queue import Empty, Queue
from threading import Thread
from types import TracebackType
from typing import Any, BinaryIO, NamedTuple

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.trades.reconciliation.packing import PART_BYTES

AHEAD = 2
_SQL = queries(__package__)
_PACKS, _TEXTS, _ADD_PART = _SQL["copy_packs"], _SQL["copy_texts"], _SQL["add_part"]


class FilePart(NamedTuple):
    """Bytes of a file as they came; the line in which they begin, from 1."""

    number: int
    first_line: int
    body: bytes


def parts(stream: BinaryIO) -> Iterator[FilePart]:
    """The whole stream, from its beginning."""
    stream.seek(0)
    yield from _parts(stream.read)


def _parts(read: Any) -> Iterator[FilePart]:
    number, line = 0, 1
    while body := read(PART_BYTES):
        yield FilePart(number, line, body)
        number, line = number + 1, line + body.count(b"\n")


Copied = tuple[str, bytes]


class Sender:
    """`with` ends once all is sent; what went wrong there is raised here. `packs` and `texts` wait while the server is
    behind, so that what is in memory stays bounded."""

    def __init__(self, conn: psycopg.Connection[Any], file_id: int, stream: BinaryIO) -> None:
        self._conn, self._file_id = conn, file_id
        self._copies: Queue[Copied | None] = Queue(AHEAD)
        self._failed: BaseException | None = None
        self._stream, self._parts = stream, _beside(stream)
        self._left = False
        self._thread = Thread(target=self._run, name="recon-sender")

    def __enter__(self) -> "Sender":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left = kind is not None
        self._copies.put(None)
        self._thread.join()
        if kind is None and self._failed is not None:
            raise self._failed
        if kind is None and self._parts is None:
            for part in parts(self._stream):
                self._keep(part)

    def packs(self, body: bytes) -> None:
        self._put((_PACKS, body))

    def texts(self, body: bytes) -> None:
        self._put((_TEXTS, body))

    def _put(self, copied: Copied) -> None:
        if self._failed is not None:
            raise self._failed
        self._copies.put(copied)

    def _run(self) -> None:
        try:
            self._send()
        except BaseException as failed:  # whatever it is, the reader has to know
            self._failed = failed
            while self._copies.get() is not None:
                pass

    def _send(self) -> None:
        kept = self._parts
        while True:
            try:
                copied = self._copies.get(kept is None)
            except Empty:
                if kept is not None and (part := next(kept, None)) is not None:
                    self._keep(part)
                else:
                    kept = None
                continue
            if copied is None:
                break
            with self._conn.cursor() as cursor, cursor.copy(copied[0]) as copy:
                copy.write(copied[1])
        if kept is not None and not self._left:
            for part in kept:
                self._keep(part)

    def _keep(self, part: FilePart) -> None:
        self._conn.execute(_ADD_PART, (self._file_id, part.number, part.first_line, part.body, False))


def _beside(stream: BinaryIO) -> Iterator[FilePart] | None:
    """The parts of a real file, read at places of their own; None: of another stream."""
    try:
        file = stream.fileno()
    except (AttributeError, UnsupportedOperation, OSError):
        return None
    return _parts(_Place(file).read)


class _Place:
    def __init__(self, file: int) -> None:
        self._file, self._at = file, 0

    def read(self, size: int) -> bytes:
        body = os.pread(self._file, size, self._at)
        self._at += len(body)
        return body
