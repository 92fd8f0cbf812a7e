"""Packs of a file that is made while it is read: the memory of the process does not grow with its lines."""

import pytest

from tests.readers.test_memory import RESIDENT, resident
from yifen.trades.reconciliation import packing
from yifen.trades.reconciliation.packing import Packs
from yifen.trades.reconciliation.readers.block import of_rows
from yifen.trades.reconciliation.rows import Row


@pytest.mark.skipif(not RESIDENT.exists(), reason="the system does not tell the memory of a process")
def test_memory_does_not_grow_with_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "LINES_AT_ONCE", 1 << 14)
    sent = [0, 0]

    def count(body: bytes) -> None:
        sent[0] += 1
        sent[1] += len(body)

    packs, begun = Packs(1, 7, False, count, count), 0
    for turn in range(200):
        packs.add(of_rows([Row(n, f"S{turn:06d}{n:06d}", "sale", n) for n in range(1, 2001)], str))
        begun = resident() if turn == 20 else begun
    packs.end()
    assert (sent[0] > 25, sent[1] > 20 << 20) == (True, True)
    grown = resident() - begun
    assert grown < 5 << 20, grown
