"""Hostile POS frames: well-formed ones with changed, cut, doubled and added bytes, other lengths, other MACs."""

import random
from collections.abc import Iterator, Sequence
from time import process_time
from typing import NamedTuple

from yifen.core.wire.pos_frames import FRAME_MOST, PosFault, frame_bytes, read_frame
from yifen.core.wire.pos_keys import ALGORITHMS, is_mac

ALWAYS = bytes(range(16))


class PosFuzzed(NamedTuple):
    """How many could be read, how many were a defined error, and what the slowest took of a processor."""

    read: int
    faults: int
    slowest_s: float
    seconds: float


def hostile(seeds: Sequence[bytes], number: random.Random) -> Iterator[bytes]:
    """Bodies without end: each a seed with one to four changes."""
    while True:
        body = bytearray(number.choice(seeds))
        for _ in range(number.randint(1, 4)):
            at, kind = number.randrange(len(body) + 1), number.randrange(6)
            if kind <= 1 and at < len(body):
                body[at] = number.randrange(256)
            elif kind == 2:
                del body[at:]  # a half frame
            elif kind == 3:
                body[at:at] = number.randbytes(number.randint(1, 8))
            elif kind == 4 and at < len(body):
                body[at] ^= 1 << number.randrange(8)
            else:
                body += body[at:]
            if not body:
                break
        yield bytes(body[: FRAME_MOST + 2])


def fuzzed(seeds: Sequence[bytes], count: int, seed: int) -> PosFuzzed:
    """Each is a frame that is written as it was read, or a defined error; and no MAC fits by chance. AssertionError."""
    read, slowest, number = 0, 0.0, random.Random(seed)
    began = process_time()  # others may use the machine
    for _, body in zip(range(count), hostile(seeds, number), strict=False):
        at = process_time()
        try:
            frame = read_frame(body)
        except PosFault:
            pass
        else:
            assert frame_bytes(frame) == body, body.hex()
            assert "64" not in frame.fields or not is_mac(number.choice(ALGORITHMS), ALWAYS, body), body.hex()
            read += 1
        slowest = max(slowest, process_time() - at)
    return PosFuzzed(read, count - read, slowest, process_time() - began)
