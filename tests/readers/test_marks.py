"""Marks made here are PostgreSQL's own, else no slot would ever agree."""

from random import Random
from typing import Any

import numpy as np
import psycopg

from yifen.trades.reconciliation import marks

TEXTS = """SELECT hashtextextended(t, %s) FROM unnest(%s::text[]) WITH ORDINALITY AS s (t, n) ORDER BY n"""
NUMBERS = """SELECT hashint8extended(n, h) FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS s (n, h, o)
ORDER BY o"""


def test_texts_are_hashed_as_the_database_does(rolled_back: psycopg.Connection[Any]) -> None:
    draw = Random(1)
    texts = ["".join(draw.choices("WX0123456789ab水户|%", k=size)) for size in [*range(1, 60), *range(1, 60), 128]]
    encoded = [text.encode() for text in texts]
    sizes = np.array(list(map(len, encoded)))
    at = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    for seed in (7, -1, 2**63 - 1, -(2**63), 0x1234_5678_9ABC):
        wanted = [row[0] for row in rolled_back.execute(TEXTS, (seed, texts))]
        assert marks.texts(b"".join(encoded), at, sizes, seed).view(np.int64).tolist() == wanted


def test_amounts_are_hashed_as_the_database_does(rolled_back: psycopg.Connection[Any]) -> None:
    draw = Random(2)
    values = [0, 1, -1, 2**31, -(2**31), 2**32 + 5, 10**15, -(10**15)]
    values += [draw.randrange(-(2**62), 2**62) for _ in range(50)]
    seeds = [draw.randrange(-(2**63), 2**63) for _ in values]
    wanted = [row[0] for row in rolled_back.execute(NUMBERS, (values, seeds))]
    found = marks.numbers(np.array(values), np.array(seeds).view(np.uint64))
    assert found.view(np.int64).tolist() == wanted
