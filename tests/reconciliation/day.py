"""A closed day: payments of channel WX at WATER (hosted) and GAS (its own system), with returns."""

import io
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from tests.world import DAY, World
from yifen.trades.reconciliation import files, runs
from yifen.trades.reconciliation.files import TakenFile
from yifen.trades.reconciliation.profile import read_profile
from yifen.trades.reconciliation.runs import RunOutcome

NIGHT = datetime.fromisoformat("2026-11-24T02:00:00+08:00")
MORNING = datetime.combine(DAY, time(8, 0))
LATE = datetime.combine(DAY, time(22, 45))  # within half an hour of the cut
COLUMNS = (
    ("serial", "serial", "text"), ("kind", "kind", "word"), ("amount", "amount", "fen"),
    ("fee", "fee", "fen"), ("at", "time", "moment"), ("account", "account_no", "text"),
    ("original", "original", "text"),
)  # fmt: skip
WORDS = "S=sale,R=refund,V=void"
LETTERS = {"sale": "S", "refund": "R", "void": "V"}


class Line(NamedTuple):
    """One line of the partner's file, as this suite writes it: cells between bars."""

    serial: str
    kind: str
    fen: int
    fee: int
    at: datetime
    account: str = "A1"
    original: str = ""

    def text(self) -> str:
        cells = (self.serial, LETTERS[self.kind], self.fen, -self.fee, f"{self.at:%Y%m%d%H%M%S}",
                 self.account, self.original)  # fmt: skip
        return "|".join(str(cell) for cell in cells) + "\n"


class Day:
    """The payments W001… of WX at WATER, each its own amount, one every two minutes from 8:00, the last late."""

    def __init__(self, world: World, payments: int = 120) -> None:
        self.world = world
        world.network()
        world.owe("WATER", "A9", "OPEN", 0, "open", min_fen=1, max_fen=10**9)
        self.lines: list[Line] = []
        for number in range(payments):
            at = LATE if number == payments - 1 else MORNING + timedelta(minutes=2 * number)
            self.pay(f"W{number:03d}", 1000 + 7 * number, at)
        self.describe("WX")
        world.cut()

    def pay(self, serial: str, fen: int, at: datetime) -> None:
        moment = at.replace(tzinfo=NIGHT.tzinfo)
        booked = self.world.charge(serial, {"OPEN": fen}, account_no="A9", paid_at=moment)
        assert booked.code == 0, booked
        self.lines.append(Line(serial, "sale", fen, 0, at, "A9"))

    def describe(self, partner: str, **fields: Any) -> None:
        """The partner's files are tables of COLUMNS."""
        world = self.world
        layout = world._insert("recon_layout", {
            "code": f"T-{partner}", "name": "表", "shape": "delimited", "encoding": "UTF-8",
            "delimiter": "|", "quote": "", "header_lines": 0, "named": False, "totals": "",
            "totals_mark": "",
        }, "id")  # fmt: skip
        for position, (name, target, kind) in enumerate(COLUMNS, 1):
            world._insert("recon_layout_column", {
                "layout_id": layout, "position": position, "name": name, "target": target,
                "type": kind, "words": WORDS if kind == "word" else "",
            })  # fmt: skip
        party = "biller" if partner == "GAS" else "channel"
        row = {"party": party, "truth": "theirs", "format": "layout", "owner": "",
               "slack_min": 30, "by_rule": False, "rule_window_min": 60, "by_group": False,
               "deadline_days": 3, "whole": True}  # fmt: skip
        world._insert("recon_profile", row | {
            "partner_id": world.ids[partner], "layout_id": layout,
        } | fields)  # fmt: skip

    def take_in(self, lines: list[Line], day: date = DAY, partner: str = "WX") -> TakenFile:
        """Load a file of these lines."""
        profile = read_profile(self.world.conn, partner)
        body = "".join(line.text() for line in lines).encode()
        return files.take_in(
            self.world.conn, profile, io.BytesIO(body), f"{partner}.txt", "test", NIGHT, day
        )

    def reconcile(self, lines: list[Line], day: date = DAY, partner: str = "WX") -> RunOutcome:
        self.take_in(lines, day, partner)
        return runs.reconcile(self.world.conn, read_profile(self.world.conn, partner), day, NIGHT)

    def items(self, *states: str) -> list[tuple[Any, ...]]:
        """(class, serial, nth, ours_fen, theirs_fen, state) of every item, or of those states."""
        rows = self.world.rows(
            "SELECT class::text, serial, nth, ours_fen, theirs_fen, state::text FROM recon_item"
            " ORDER BY serial, class, nth"
        )
        return [row for row in rows if not states or row[-1] in states]
