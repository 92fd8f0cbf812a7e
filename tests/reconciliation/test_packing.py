"""Packs of a file that is made while it is read: the memory of the process does not grow with its lines."""

import tracemalloc

import pytest

from yifen.trades.reconciliation import packing
from yifen.trades.reconciliation.packing import Packs
from yifen.trades.reconciliation.readers.block import of_rows
from yifen.trades.reconciliation.rows import Row


def test_memory_does_not_grow_with_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "LINES_AT_ONCE", 1 << 14)
    sent = [0, 0]

    def count(body: bytes) -> None:
        sent[0] += 1
        sent[1] += len(body)

    packs, most = Packs(1, 7, False, count, count), {20: 0, 60: 0}
    tracemalloc.start()
    try:
        for turn in range(1, 61):
            packs.add(of_rows([Row(n, f"S{turn:06d}{n:06d}", "sale", n) for n in range(1, 2001)], str))
            if turn in most:
                most[turn] = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    packs.end()
    assert (sent[0] > 10, sent[1] > 6 << 20) == (True, True)
    assert most[60] - most[20] < 1 << 20, most
