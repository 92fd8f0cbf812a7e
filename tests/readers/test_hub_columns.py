"""The hub's file in blocks: the same rows as line by line, and never more than that accepts."""

import io
from datetime import date, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yifen.core.facts.daily_file import (
    DailyHead,
    DailyLine,
    DailyTail,
    text_head,
    text_line,
    text_tail,
)
from yifen.trades.reconciliation.loading import _line
from yifen.trades.reconciliation.readers import hub_columns
from yifen.trades.reconciliation.readers.hub_columns import Block
from yifen.trades.reconciliation.readers.registry import Hints, open_file
from yifen.trades.reconciliation.rows import FileError

DAY = date(2026, 11, 23)
NOON = datetime.fromisoformat("2026-11-23T12:00:00")
EVENING = datetime.fromisoformat("2026-11-23T20:05:59")


def line(number: int, draw: Random) -> DailyLine:
    kind = draw.choice(["charge"] * 9 + ["reverse", "refund"])
    at = NOON + timedelta(seconds=draw.randrange(-43_200, 43_200))
    at += timedelta(days=draw.choice([0] * 9 + [-1]))
    return DailyLine(
        kind, f"S{number}", None if kind == "charge" else f"S{number - 1}", str(number * 1000),
        draw.choice(["HEAT01", "水务"]), f"户{number % 7}", draw.randrange(1, 10**6), at,
        at + timedelta(seconds=1), draw.choice([None, "B1"]),
    )  # fmt: skip


def file_of(lines: list[DailyLine]) -> bytes:
    charges = [one for one in lines if one.kind == "charge"]
    back = [one for one in lines if one.kind != "charge"]
    head = DailyHead("WX", DAY, len(charges), sum(one.amount_fen for one in charges), len(back),
                     sum(one.amount_fen for one in back), "ab" * 32)  # fmt: skip
    body = (text_head(head) + "".join(map(text_line, lines))).encode()
    return body + text_tail(DailyTail(len(lines), sha256(body).hexdigest())).encode()


def in_pieces(content: bytes) -> tuple[bytes, int]:
    """The lines for COPY of a file in blocks, and how many came in blocks; or its error."""
    reading = open_file("hub", io.BytesIO(content), Hints())
    out, fast = b"", 0
    for piece in reading.pieces(b"7", 100):
        if isinstance(piece, Block):
            out += piece.copy
            fast += piece.lines
        else:
            out += "".join(_line(7, row, str) for row in piece).encode()
    return out, fast


def one_by_one(content: bytes) -> bytes:
    rows = open_file("hub", io.BytesIO(content), Hints())
    return "".join(_line(7, row, str) for row in rows).encode()


def told(read: Any, content: bytes) -> Any:
    try:
        found = read(content)
        return found[0] if isinstance(found, tuple) else found
    except FileError:
        return FileError


def same_moments(copy: bytes) -> list[list[bytes]]:
    """Cells of COPY lines, moments without what only separates their digits."""
    rows = [row.split(b"\t") for row in copy.splitlines()]
    for row in rows:
        row[7] = row[7].translate(None, b"-: T")
    return rows


@pytest.mark.parametrize("seed", range(6))
def test_blocks_give_the_rows_that_lines_give(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_columns, "BYTES_AT_ONCE", 1000)
    draw = Random(seed)
    content = file_of([line(number, draw) for number in range(1, 400)])
    copy, fast = in_pieces(content)
    assert same_moments(copy) == same_moments(one_by_one(content))
    assert len(copy.splitlines()) == 399
    assert fast > 0


def test_an_ordinary_day_goes_by_blocks_whole() -> None:
    at = EVENING
    lines = [
        DailyLine("charge", f"S{n}", None, str(n), "HEAT01", "A1", n, at, at, None)
        for n in range(1, 5000)
    ]
    assert in_pieces(file_of(lines))[1] == 4999


PLACES = st.integers(min_value=0)


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 50), at=PLACES, new=st.binary(max_size=3))
def test_a_changed_byte_is_seen_by_both_or_by_neither(seed: int, at: int, new: bytes) -> None:
    draw = Random(seed)
    content = file_of([line(number, draw) for number in range(1, 12)])
    at %= len(content)
    broken = content[:at] + new + content[at + 1 :]
    fast, slow = told(in_pieces, broken), told(one_by_one, broken)
    if fast is FileError or slow is FileError:
        assert fast is slow
    else:
        assert same_moments(fast) == same_moments(slow)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"|20261123200559|", b"|20261123240559|"), (b"|20261123200559|", b"|20261123206059|"),
        (b"|20261123200559|", b"|20261131200559|"), (b"|77|", b"|077|"), (b"|77|", b"|+7|"),
        (b"|77|", b"||"), (b"|77|", b"|1" + b"0" * 15 + b"|"), (b"|S77|", b"||"),
        (b"|S77|", b"|" + b"S" * 129 + b"|"), (b"D|charge|S77||", b"D|charge|S77|S76|"),
        (b"D|charge|S77||", b"D|refund|S77||"), (b"D|charge|S77||", b"D|void|S77||"),
        (b"D|charge|S77|", b"E|charge|S77|"), (b"|S77|", b"|S\x0777|"), (b"|S77|", b"|S\xff7|"),
        (b"|S77|", b"|S7|7|"), (b"|A1|", "|Ａ１|".encode()), (b"|A1|", b"|A 1|"),
    ],
)  # fmt: skip
def test_no_block_is_made_of_a_line_that_breaks_the_format(old: bytes, new: bytes) -> None:
    at = EVENING
    rows = [DailyLine("charge", f"S{n}", None, str(n * 9), "HEAT01", "A1", n, at, at, None)
            for n in range(70, 80)]  # fmt: skip
    lines = "".join(map(text_line, rows)).encode()
    assert hub_columns.block_of(lines, 2, b"7") is not None
    assert hub_columns.block_of(lines.replace(old, new, 1), 2, b"7") is None
