"""UnionPay's real file through the engine: 1,207 rows to the fen, and every injected fault found."""

import io
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.world import CHINA, World
from yifen.hub.payments import payables
from yifen.trades.reconciliation import files, runs
from yifen.trades.reconciliation.profile import read_profile
from yifen.trades.reconciliation.readers.registry import Hints, open_file
from yifen.trades.reconciliation.readers.unionpay_zm import FIELDS
from yifen.trades.reconciliation.runs import RunOutcome

SAMPLE = Path(__file__).parents[1] / "samples" / "unionpay" / "INN17071888ZM_898319849000018"
DAY, MERCHANT = date(2017, 7, 18), "898319849000018"
NOW = datetime(2017, 7, 19, 3, tzinfo=CHINA)
STARTS = dict(zip(
    (field.name for field in FIELDS.fields),
    [sum(f.width + 1 for f in FIELDS.fields[:n]) for n in range(len(FIELDS.fields))],
    strict=True,
))  # fmt: skip
WIDTHS = {field.name: field.width for field in FIELDS.fields}


class Merchant:
    """The POS channel whose payments are the sales of the file."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.biller("SHOP")
        world.channel("UPPOS")
        world.admit("UPPOS", "SHOP")
        with SAMPLE.open("rb") as stream:
            self.rows = list(open_file("unionpay_zm", stream, Hints(day=DAY)))
        shop = world.ids["SHOP"]
        bills = [payables.NewPayable(shop, "M1", row.serial, "刷卡", "exact", row.amount_fen, None)
                 for row in self.rows]  # fmt: skip
        world.owes(0, [(shop, "M1", "商户")], bills)
        works = [
            world.charge_work(row.serial, {row.serial: row.amount_fen}, channel="UPPOS",
                              biller="SHOP", account_no="M1",
                              paid_at=row.at.replace(tzinfo=CHINA))
            for row in self.rows
        ]  # fmt: skip
        for start in range(0, len(works), 200):
            assert {booked.code for booked in world.call(works[start : start + 200])} == {0}
        world._insert("recon_profile", {
            "partner_id": world.ids["UPPOS"], "party": "channel", "truth": "theirs",
            "format": "unionpay_zm", "owner": MERCHANT, "slack_min": 30, "fee_ppm": None,
            "by_rule": False, "rule_window_min": 60, "by_group": False, "deadline_days": 3,
            "cut_off": "23:00",
        })  # fmt: skip

    def reconcile(self, records: list[bytes]) -> RunOutcome:
        """The day of the book stands for the file's."""
        conn = self.world.conn
        profile = read_profile(conn, "UPPOS")
        body = io.BytesIO(b"".join(record + b"\n" for record in records))
        files.take_in(conn, profile, body, SAMPLE.name, "test", NOW, DAY)
        return runs.reconcile(conn, profile, DAY, NOW)


@pytest.fixture(scope="module")
def booked(rolled_back: Any) -> Merchant:
    world = World(rolled_back)
    world.set_up("SELECT ledger_open_book_v1(2, 'pos', '银联', '23:00', %s)", DAY)
    return Merchant(BookTwo(rolled_back, world))


class BookTwo(World):
    """A world whose partners are of the book that is open on the file's day."""

    def __init__(self, conn: Any, first: World) -> None:
        self.conn, self.buckets, self.ids = conn, 1, {}
        self.now, self.institution = datetime(2017, 7, 18, 12, tzinfo=CHINA), first.institution

    def partner(self, code: str, **fields: Any) -> int:
        return super().partner(code, **{"book_id": 2, **fields})

    def account(self, code: str, side: str = "asset", limited: str = "none", book: int = 2) -> int:
        return super().account(code, side, limited, book)


@pytest.fixture
def pos(booked: Merchant) -> Any:
    with booked.world.conn.transaction(force_rollback=True):
        yield booked


def records() -> list[bytes]:
    return SAMPLE.read_bytes().splitlines()


def cell(record: bytes, name: str) -> bytes:
    return record[STARTS[name] : STARTS[name] + WIDTHS[name]]


def patched(record: bytes, **cells: str) -> bytes:
    for name, text in cells.items():
        raw = text.encode().ljust(WIDTHS[name])
        assert len(raw) == WIDTHS[name], name
        record = record[: STARTS[name]] + raw + record[STARTS[name] + len(raw) :]
    return record


def money(record: bytes, fen: int, fee: int, sale: bool = True) -> bytes:
    """The record with this amount and fee, and what follows from them."""
    due = (fen if sale else -fen) + fee
    signed = {name: f"{'D' if value < 0 else 'C'}{abs(value):012d}"
              for name, value in (("fee", fee), ("settlement_amount", due), ("net", due))}  # fmt: skip
    return patched(record, amount=f"{fen:012d}", txn_type="01" if sale else "04", **signed)


def test_the_real_file_agrees_to_the_fen(pos: Merchant) -> None:
    found = pos.reconcile(records())
    assert (found.matched.count, found.matched.amount_fen, found.matched.fee_fen) == (
        1207, 4727546394, -28968,
    )  # fmt: skip
    assert (found.differences, found.waiting) == ({}, 0)
    assert (found.ours.count, found.ours.amount_fen) == (1207, 4727546394)


@pytest.mark.parametrize("seed", range(4))
def test_faults_of_every_class_in_the_real_file_are_found(pos: Merchant, seed: int) -> None:
    """Rows around the cut are left alone, so that nothing waits."""
    draw = Random(seed)
    lines: list[list[bytes]] = [[record] for record in records()]
    free = [n for n, line in enumerate(lines) if cell(line[0], "sent_at")[:4] != b"0717"
            and cell(line[0], "sent_at")[4:6] not in (b"22", b"23")]  # fmt: skip
    draw.shuffle(free)
    expected: set[tuple[Any, ...]] = set()
    pos.world.run("UPDATE recon_profile SET fee_ppm = 0")  # a fee of a fen or more is a difference
    for number, line in enumerate(lines):
        lines[number] = [money(line[0], int(cell(line[0], "amount")), 0)]
    for name in ("ours_only", "theirs_only", "amount", "status", "fee", "duplicate"):
        for _ in range(draw.randrange(1, 6)):
            at = free.pop()
            record = lines[at][0]
            serial, fen = cell(record, "order_id").decode().strip(), int(cell(record, "amount"))
            if name == "ours_only":
                lines[at] = []
                expected.add((name, serial, 1, fen, None))
            elif name == "theirs_only":
                other = f"X{draw.randrange(10**9)}"
                lines[at].append(patched(record, order_id=other))
                expected.add((name, other, 1, None, fen))
            elif name == "amount":
                lines[at] = [money(record, fen + 1, 0)]
                expected.add((name, serial, 1, fen, fen + 1))
            elif name == "status":
                lines[at] = [money(record, fen, 0, sale=False)]
                expected.add((name, serial, 1, fen, fen))
            elif name == "fee":
                lines[at] = [money(record, fen, -draw.randrange(1, 99))]
                expected.add((name, serial, 1, fen, fen))
            else:
                lines[at].append(record)
                expected.add((name, serial, 2, None, fen))
    found = pos.reconcile([record for line in lines for record in line])
    items = pos.world.rows(
        "SELECT class::text, serial, nth, ours_fen, theirs_fen FROM recon_item WHERE state = 'open'"
    )
    assert set(items) == expected
    assert len(items) == len(expected) == sum(found.differences.values())
    assert (found.waiting, set(found.differences)) == (0, {row[0] for row in expected})
    untouched = {row[1] for row in expected if row[0] not in ("duplicate", "theirs_only")}
    assert found.matched.count == 1207 - len(untouched)
