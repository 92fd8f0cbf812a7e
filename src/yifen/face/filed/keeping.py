"""A handed-in file as it is kept: its bytes sealed in parts, its rows in pieces of one bucket."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.ring import key_ring
from yifen.face.filed.filing import PIECE_ROWS, Filing

PART_BYTES = 1 << 20
Place = Callable[[int], str]
"""What a part of this number is sealed for: one that is moved opens no longer."""


def digest_of(stream: BinaryIO, filing: Filing) -> tuple[bytes, int]:
    """SHA-256 and size. Refused: the kind's `too_large`."""
    whole, size = hashlib.sha256(), 0
    for part in _parts(stream):
        whole.update(part)
        size += len(part)
        if size > filing.bytes_max:
            raise Refused(filing.too_large, "file")
    return whole.digest(), size


def sealed_parts(stream: BinaryIO, place: Place) -> Iterator[tuple[int, bytes]]:
    """(number, sealed bytes) of the file as it came."""
    ring = key_ring()
    for number, part in enumerate(_parts(stream)):
        yield number, ring.seal(part, place(number))


@contextmanager
def opened_parts(parts: Iterable[tuple[int, bytes]], place: Place) -> Iterator[BinaryIO]:
    """The file as it came. Refused OUT_OF_SCOPE: nothing of it is kept."""
    with SpooledTemporaryFile(max_size=PART_BYTES) as whole:
        for number, body in parts:
            whole.write(key_ring().open(body, place(number)))
        if not whole.tell():
            raise Refused(Code.OUT_OF_SCOPE, "file")
        yield cast(BinaryIO, whole)


class BucketPieces:
    """Gives each row a piece of its bucket that is not full."""

    def __init__(self, rows: int = PIECE_ROWS) -> None:
        self._rows, self._count = rows, 0
        self._open: dict[int, tuple[int, int]] = {}

    def of(self, bucket: int) -> int:
        piece, full = self._open.get(bucket, (0, self._rows))
        if full == self._rows:
            piece, full = self._count, 0
            self._count += 1
        self._open[bucket] = piece, full + 1
        return piece


def _parts(stream: BinaryIO) -> Iterator[bytes]:
    stream.seek(0)
    while part := stream.read(PART_BYTES):
        yield part
