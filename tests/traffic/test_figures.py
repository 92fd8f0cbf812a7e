"""Figures of days: kept when a day closes, read over any period, and held against the payments."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.world import DAY, NOON, World
from yifen.core.facts.codes import Code
from yifen.core.facts.days import ZONE
from yifen.core.facts.processes import NIGHT
from yifen.hub.night import NOBODY, Night
from yifen.hub.payments import traffic
from yifen.hub.payments.figures.keeping import altered, keep
from yifen.hub.payments.figures.reading import Narrowed, buckets, charges, totals
from yifen.hub.payments.traffic import Traffic

NEXT = DAY + timedelta(days=1)
TODAY = datetime.now(UTC).astimezone(ZONE).date()
YESTERDAY = TODAY - timedelta(days=1)


class Days:
    """DAY is closed and kept, NEXT is open; both have payments. `serial` counts."""

    def __init__(self, world: World) -> None:
        self.world, self.cursor, self._number = world, world.conn.cursor(), 0
        self.night = Night(0, 1, DAY, NOON, NOON, NOBODY)

    def pay(self, fen: int, at: datetime, channel: str = "WX") -> str:
        self._number += 1
        ref, account_no = f"F{self._number}", f"F-{self._number:04d}"
        self.world.now = at
        self.world.owe("WATER", account_no, ref, fen)
        assert self.world.charge(f"S-{ref}", {ref: fen}, channel=channel, account_no=account_no).code == 0
        return f"S-{ref}"

    def totals(self, *by: Any, since: date = DAY, until: date = NEXT, scope: Any = None, **to: Any) -> list[Any]:
        found = totals(self.cursor, by, since, until, scope, Narrowed(**to))
        return [(*one.key, one.payments, one.amount_fen, one.returned, one.returned_fen) for one in found]


@pytest.fixture(scope="module")
def days(rolled_back: psycopg.Connection[Any]) -> Days:
    """On DAY WX takes 1 yuan at noon and 2 at one, BANK 4 at one; on NEXT 8 at noon, and the 2 go back."""
    found = Days(World(rolled_back).network())
    found.pay(100, NOON)
    later = found.pay(200, NOON + timedelta(hours=1))
    found.pay(400, NOON + timedelta(hours=1, minutes=7), "BANK")
    found.world.cut()
    keep(rolled_back, found.night)
    found.pay(800, NOON + timedelta(days=1))
    assert found.world.refund("S-BACK", later, 200, reason="错缴").code == 0
    return found


@pytest.fixture
def one(days: Days) -> Iterator[Days]:
    """For one test."""
    days.world.run("SAVEPOINT one")
    yield days
    days.world.run("ROLLBACK TO one")


def test_a_closed_day_says_what_was_booked_and_given_back_on_it(one: Days) -> None:
    """What is given back later stands on its own day, whichever way the days are read."""
    wx, bank = one.world.ids["WX"], one.world.ids["BANK"]
    assert one.totals("day") == [(DAY, 3, 700, 0, 0), (NEXT, 1, 800, 1, 200)]
    assert one.totals("channel", until=DAY) == [(wx, 2, 300, 0, 0), (bank, 1, 400, 0, 0)]
    assert one.totals("hour") == [(12, 2, 900, 1, 200), (13, 2, 600, 0, 0)]
    assert one.totals("hour", "channel", channel=bank) == [(13, bank, 1, 400, 0, 0)]
    assert one.totals("week") == [(DAY, 4, 1500, 1, 200)]  # a Monday
    assert one.totals("month") == [(DAY.replace(day=1), 4, 1500, 1, 200)]
    assert one.totals("institution") == [(one.world.institution, 4, 1500, 1, 200)]
    assert one.totals(before_hour=13) == [(2, 900, 1, 200)]
    assert one.totals(institutions=(one.world.institution,)) == [(4, 1500, 1, 200)]
    assert one.totals(institutions=(0,)) == one.totals("day", scope=[]) == []
    assert one.totals("day", scope=[bank]) == [(DAY, 1, 400, 0, 0)]


def test_kept_days_are_read_as_they_are_kept_and_others_as_they_stand(one: Days) -> None:
    with one.world.as_owner():
        one.world.run("UPDATE figure_hour SET payments = 1000 WHERE channel_id = %s", one.world.ids["BANK"])
    assert one.totals("day") == [(DAY, 1002, 700, 0, 0), (NEXT, 1, 800, 1, 200)]
    with one.world.as_owner():
        one.world.run("DELETE FROM figure_day")
    assert one.totals("day") == [(DAY, 3, 700, 0, 0), (NEXT, 1, 800, 1, 200)]


def test_the_step_makes_the_same_again_and_what_was_never_made(one: Days) -> None:
    rows = one.world.rows("SELECT * FROM figure_hour ORDER BY 1, 2, 3, 4, 5")
    assert len(rows) == 3
    one.world.cut()
    assert keep(one.world.conn, one.night)["sums"] == {"days": 1, "rows": 3}
    assert one.world.rows("SELECT * FROM figure_hour ORDER BY 1, 2, 3, 4, 5") == rows
    with one.world.as_owner():
        one.world.run("DELETE FROM figure_day")
        one.world.run("DELETE FROM figure_hour")
    assert keep(one.world.conn, replace(one.night, day=NEXT))["sums"] == {"days": 2, "rows": 4}
    assert one.world.rows("SELECT * FROM figure_hour WHERE business_day = %s ORDER BY 1, 2, 3, 4, 5", DAY) == rows
    assert altered(one.world.conn) == []


@pytest.mark.parametrize(("change", "says"), [
    ("UPDATE figure_hour SET amount_fen = 1 WHERE channel_id = {bank}",
     "figure_hour day 2026-11-23 book 1 hour 2026-11-23 13 channel {bank} biller {water}"
     " says 1 of 1 fen; the payments say 1 of 400"),
    ("UPDATE figure_hour SET returned = 1 WHERE channel_id = {bank}",
     "figure_hour day 2026-11-23 book 1 hour 2026-11-23 13 channel {bank} biller {water}"
     " says 1 given back of 0 fen; the payments say 0 of 0"),
    ("DELETE FROM figure_hour WHERE channel_id = {bank}",
     "figure_hour day 2026-11-23 book 1 hour 2026-11-23 13 channel {bank} biller {water}"
     " is missing; the payments say 1 of 400 fen"),
    ("UPDATE figure_hour SET biller_id = 0 WHERE channel_id = {bank}",
     "figure_hour day 2026-11-23 book 1 hour 2026-11-23 13 channel {bank} biller 0"
     " says 1 of 400 fen; there are no such payments"),
    ("INSERT INTO figure_day VALUES (1, '2026-11-25', now())",
     "figure_day book 1 day 2026-11-25 is of a day that is not closed"),
], ids=["amount", "returned", "gone", "made up", "open day"])  # fmt: skip
def test_verify_names_a_figure_that_is_not_what_the_payments_say(one: Days, change: str, says: str) -> None:
    ids = {name.lower(): number for name, number in one.world.ids.items()}
    assert altered(one.world.conn) == []
    one.world.set_up(change.format(**ids))
    assert says.format(**ids) in altered(one.world.conn)


def test_no_process_writes_a_figure_and_none_is_kept_of_an_open_day(one: Days) -> None:
    one.world.run(f"SET ROLE {NIGHT}")
    for asked in ("INSERT INTO figure_day VALUES (1, '2026-11-25', now())", "UPDATE figure_hour SET payments = 0",
                  "DELETE FROM traffic_hour"):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege), one.world.conn.transaction():
            one.world.run(asked)
    with pytest.raises(psycopg.errors.RaiseException, match="2026-11-24 of book 1 is not closed"), \
            one.world.conn.transaction():  # fmt: skip
        one.world.run("SELECT payments_figure_day_v1(1, %s, now())", NEXT)
    one.world.run("RESET ROLE")


def test_five_minutes_of_the_day(one: Days) -> None:
    found = buckets(one.cursor, DAY, None)
    assert [(f"{at.astimezone(ZONE):%H:%M}", count, fen) for at, count, fen in found] == [
        ("12:00", 1, 100), ("13:00", 1, 200), ("13:05", 1, 400)]  # fmt: skip
    assert buckets(one.cursor, DAY, [one.world.ids["BANK"]])[0].amount_fen == 400


def test_charges_are_kept_of_days_of_the_clock_that_are_over(one: Days) -> None:
    """Refused for a reason and failed are two figures; success is of what could be done."""
    wx, water = one.world.ids["WX"], one.world.ids["WATER"]
    noted = Traffic()
    for day, hour in ((YESTERDAY, 9), (YESTERDAY, 10), (TODAY, 0)):
        at = datetime(day.year, day.month, day.day, hour, 30, tzinfo=ZONE)
        for code, count, ms in ((Code.OK, 6, 8), (Code.PROCESSING, 1, 40), (Code.ALREADY_PAID, 2, 4),
                                (Code.FAULT, 1, 700)):  # fmt: skip
            for _ in range(count):
                noted.note(at, wx, water, "charge", code, ms)
        noted.note(at, wx, water, "query", Code.FAULT, 9_000)
        noted.note(at, 0, water, "charge", Code.FAULT, 9_000)
    one.cursor.execute(traffic.NOTE_SQL, traffic.pack(noted.take()))

    def read(*by: Any, since: date = YESTERDAY, until: date = TODAY, **to: Any) -> list[Any]:
        found = charges(one.cursor, by, since, until, None, Narrowed(**to))
        return [(*f.key, f.calls, f.taken, f.refused, f.failed, f.success_bp, f.p50, f.p95, f.p99) for f in found]

    live = read("day"), read("hour", "biller"), read("channel", before_hour=10)
    ten = (10, 7, 2, 1, 8750, 10, 700, 700)
    assert live == ([(YESTERDAY, 20, 14, 4, 2, 8750, 10, 700, 700), (TODAY, *ten)],
                    [(0, water, *ten), (9, water, *ten), (10, water, *ten)],
                    [(wx, 20, 14, 4, 2, 8750, 10, 700, 700)])  # fmt: skip
    keep(one.world.conn, replace(one.night, day=DAY))  # long over, or of a day to come: nothing of those
    assert one.world.rows("SELECT day FROM traffic_day WHERE day >= %s", YESTERDAY) == []
    for day in (YESTERDAY, TODAY, YESTERDAY):
        one.world.run("SELECT payments_traffic_day_v1(%s, now())", day)
    assert one.world.rows("SELECT day FROM traffic_day WHERE day >= %s", YESTERDAY) == [(YESTERDAY,)]
    midnight = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=ZONE)
    one.world.set_up("DELETE FROM traffic_minute WHERE minute < %s", midnight)
    assert (read("day"), read("hour", "biller"), read("channel", before_hour=10)) == live
