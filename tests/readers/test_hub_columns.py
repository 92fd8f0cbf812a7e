"""The hub's file in blocks: the same rows as line by line, and never more than that accepts."""

import io
from datetime import date, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yifen.core.facts.account_numbers import clean_account
from yifen.core.facts.daily_cells import escaped
from yifen.core.facts.daily_file import (
    DailyHead,
    DailyLine,
    DailyTail,
    text_head,
    text_line,
    text_tail,
)
from yifen.trades.reconciliation.readers import hub_file
from yifen.trades.reconciliation.readers.block import Block, of_rows
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


KINDS = {"charge": "sale", "reverse": "void"}


def lines_of(block: Block) -> list[Any]:
    """Each kept line as it is read, and what it is matched by."""
    texts = block.text.decode().splitlines()
    assert len(texts) == block.lines
    found = []
    for text, number, at, size, fen, fee in zip(
        texts, block.line_nos, block.serial_at, block.serial_bytes, block.fens, block.fees, strict=True
    ):
        _, kind, serial, original, ref, _, account, amount, paid, _, _, *more = text.split("|")
        moment = "".join(filter(str.isdigit, paid))
        serial = block.serials[at : at + size].decode()
        found.append((int(number), KINDS.get(kind, kind), serial, escaped(serial) == text.split("|")[2], original,
                      ref, account, amount, moment, int(fen), int(fee), more in ([], ["0", ""])))  # fmt: skip
    return found


def in_pieces(content: bytes) -> tuple[list[Any], int]:
    """The lines of a file in blocks, and how many came in blocks; or its error."""
    reading = open_file("hub", io.BytesIO(content), Hints())
    out, fast = [], 0
    for piece in reading.pieces(100):
        if isinstance(piece, Block):
            out += lines_of(piece)
            fast += piece.lines
        elif piece:
            out += lines_of(of_rows(piece, clean_account))
    return out, fast


def one_by_one(content: bytes) -> list[Any]:
    rows = list(open_file("hub", io.BytesIO(content), Hints()))
    return lines_of(of_rows(rows, clean_account)) if rows else []


def told(read: Any, content: bytes) -> Any:
    try:
        found = read(content)
        return found[0] if isinstance(found, tuple) else found
    except FileError:
        return FileError


@pytest.mark.parametrize("seed", range(6))
def test_blocks_give_the_rows_that_lines_give(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_file, "BYTES_AT_ONCE", 1000)
    draw = Random(seed)
    content = file_of([line(number, draw) for number in range(1, 400)])
    lines, fast = in_pieces(content)
    assert lines == one_by_one(content)
    assert len(lines) == 399
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
    assert fast == slow
