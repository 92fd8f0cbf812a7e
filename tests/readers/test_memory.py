"""Rows that are made while they are read: the memory of the process does not grow with them."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.readers.files import (
    CAMT_052,
    EVERBRIGHT,
    FUND,
    MT940,
    SHORT_UMS,
    SHORT_ZM,
    WECHAT_27,
    Sample,
)
from yifen.trades.reconciliation.readers.registry import Hints, open_file

ROWS = 50_000
GROWTH_MAX = 3 << 20  # bytes; the serials alone would take more
RESIDENT = Path("/proc/self/statm")  # also the XML parser's memory, which Python does not see
PAGE = 4096


class Made(io.RawIOBase):
    """A stream of pieces that come to be when they are read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.rest = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self.rest:
            try:
                self.rest = next(self.pieces)
            except StopIteration:
                return 0
        piece, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


def lines_between(head: bytes, line: bytes, tail: bytes) -> Callable[[int], Iterator[bytes]]:
    def pieces(rows: int) -> Iterator[bytes]:
        yield head
        for _ in range(rows // 100):
            yield line * 100
        yield tail

    return pieces


def wechat(rows: int) -> Iterator[bytes]:
    head, line, *_, names, _ = WECHAT_27.data.splitlines(keepends=True)
    total, fee = f"{rows * 6}.00", f"{rows * 4 // 100}.00000"
    tail = f"`{rows},`{total},`0.00,`0.00,`{fee},`{total},`0.00\r\n".encode()
    return lines_between(head, line, names + tail)(rows)


def fund(rows: int) -> Iterator[bytes]:
    head, *_, names, _ = FUND.data.splitlines(keepends=True)
    plus = "`2019-07-25 08:00:00,`1,`2,`交易,`交易,`收入,`1.00,`1.00,`s,`,`A1\n"
    minus = "`2019-07-25 08:00:00,`1,`2,`退款,`退款,`支出,`1.00,`0.00,`s,`,`A1\n"
    half = rows // 2
    tail = f"`{rows}.0,`{half},`{half}.00,`{half},`{half}.00\n".encode()
    return lines_between(head, (plus + minus).encode(), names + tail)(half)


def mt940(rows: int) -> Iterator[bytes]:
    head = MT940.data[: MT940.data.index(b":61:")]
    entry = b":61:2611241124C1,NTRFX1\n:86:/EREF/E1//\n:61:2611241124D1,NTRFX2\n"
    return lines_between(head, entry, b":62F:C261124CNY100000,\n-\n")(rows // 2)


def camt_entries(rows: int) -> Iterator[bytes]:
    return lines_between(*_camt(CAMT_052.data, rb"<Ntry>\s*<NtryRef>E2.*?</Ntry>"))(rows)


def camt_details(rows: int) -> Iterator[bytes]:
    head, line, tail = _camt(CAMT_052.data, rb"<TxDtls><Refs><EndToEndId>YF3.*?</TxDtls>")
    entry = head.rindex(b"<Ntry>")
    amount = re.sub(rb">10000\.00</Amt><CdtDbtInd>CRDT", b">%d.%02d</Amt><CdtDbtInd>DBIT" % divmod(
        rows * 46, 100), head[entry:])  # fmt: skip
    between = re.sub(rb"<TxDtls>.*", b"", amount, flags=re.DOTALL)
    return lines_between(head[:entry] + between, line, tail)(rows)


def _camt(data: bytes, pattern: bytes) -> tuple[bytes, bytes, bytes]:
    plain = re.sub(rb"<TxsSummry>.*?</TxsSummry>", b"", data)
    found = re.search(pattern, plain, flags=re.DOTALL)
    assert found is not None
    return plain[: found.start()], found[0], plain[found.end() :]


def ums(rows: int) -> Iterator[bytes]:
    lines = SHORT_UMS.data.splitlines(keepends=True)
    return lines_between(b"".join(lines[:4]), lines[4], lines[-1])(rows)


def zm(rows: int) -> Iterator[bytes]:
    return lines_between(b"", SHORT_ZM.data.splitlines(keepends=True)[0], b"")(rows)


def everbright(rows: int) -> Iterator[bytes]:
    head = f"{rows * 54}|{rows}|\n".encode()
    return lines_between(head, b"18|54|20190510120000|5552|x\n", b"")(rows)


LAYOUT = Sample("layout", Hints(layout=EVERBRIGHT), b"")
CASES = [
    (WECHAT_27, wechat), (FUND, fund), (MT940, mt940), (CAMT_052, camt_entries),
    (CAMT_052, camt_details), (SHORT_UMS, ums), (SHORT_ZM, zm), (LAYOUT, everbright),
]  # fmt: skip


@pytest.mark.skipif(not RESIDENT.exists(), reason="the system does not tell the memory of a process")
@pytest.mark.parametrize(("sample", "pieces"), CASES, ids=lambda one: getattr(one, "__name__", ""))
def test_memory_does_not_grow_with_the_rows(
    sample: Sample, pieces: Callable[[int], Iterator[bytes]]
) -> None:
    stream: BinaryIO = io.BufferedReader(Made(pieces(ROWS)))
    count = begun = 0
    for count, _ in enumerate(open_file(sample.format, stream, sample.hints), 1):
        if count == ROWS // 10:
            begun = resident()
    assert count >= ROWS
    assert resident() - begun < GROWTH_MAX


def resident() -> int:
    return int(RESIDENT.read_text().split()[1]) * PAGE
