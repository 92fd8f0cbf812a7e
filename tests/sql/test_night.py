"""What the night's role may not bring about by a plain call: a day that runs ahead, a file made anew, a name that
signed nothing."""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from psycopg import errors

from tests.conftest import NewDatabase
from tests.world import DAY, World
from yifen.core.facts.processes import NIGHT

BODY = b"D|S1"
PART = "SELECT payments_add_file_part_v1(%s, %s, %s)"
CLOSE = "SELECT payments_close_file_v1(%s, %s, %s, 1, 100, %s, now())"
TODAY = "SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date"


@pytest.fixture(scope="module")
def made(new_database: NewDatabase) -> Iterator[tuple[World, str]]:
    """DAY is closed, the next is open."""
    database = new_database()
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        world = World(conn)
        world.network()
        world.cut()
        yield world, database.url(NIGHT)


@pytest.fixture
def night(made: tuple[World, str]) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(made[1]) as conn:
        yield conn
        conn.rollback()


def value(conn: psycopg.Connection[Any], statement: str, *params: Any) -> Any:
    return conn.execute(statement, params).fetchall()[0][0]


def book(world: World, number: int, cut_off: str, day: date) -> None:
    world.set_up("SELECT ledger_open_book_v1(%s, %s, 'x', %s, %s)", number, f"b{number}", cut_off, day)


def test_the_night_cuts_no_day_that_is_not_over(made: tuple[World, str], night: psycopg.Connection[Any]) -> None:
    """By the database's own clock; the owner may, and the sandbox runs ahead."""
    world, today = made[0], value(night, TODAY)
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    for number, cut_off, day in ((21, "00:00", yesterday), (22, "00:01", tomorrow), (900, "00:00", tomorrow)):
        book(world, number, cut_off, day)
    assert value(night, "SELECT ledger_cut_day_v1(21, %s)", yesterday) == today
    for number, day in ((21, today), (22, tomorrow)):
        with pytest.raises(errors.InsufficientPrivilege, match="is not over"), night.transaction():
            value(night, "SELECT ledger_cut_day_v1(%s, %s)", number, day)
    assert value(night, "SELECT current_day FROM ledger_book WHERE book_id = 21") == today
    assert value(night, "SELECT ledger_cut_day_v1(900, %s)", tomorrow) == tomorrow + timedelta(days=1)
    night.rollback()
    assert world.cut(world.value("SELECT current_day FROM ledger_book WHERE book_id = 1")) > DAY


def test_a_closed_daily_file_takes_no_part_and_no_version(
    made: tuple[World, str], night: psycopg.Connection[Any]
) -> None:
    wx, digest = made[0].ids["WX"], hashlib.sha256(BODY).digest()
    night.execute(PART, (501, 0, BODY))
    assert value(night, CLOSE, 501, wx, DAY, digest) == 1
    with pytest.raises(errors.RestrictViolation, match="501 is closed"), night.transaction():
        night.execute(PART, (501, 1, b"D|S2"))
    night.execute(PART, (502, 0, b"D|S2"))
    with pytest.raises(errors.InsufficientPrivilege, match="has its daily file"), night.transaction():
        night.execute(CLOSE, (502, wx, DAY, digest))
    assert value(night, "SELECT count(*) FROM daily_file WHERE partner_id = %s", wx) == 1


@pytest.mark.parametrize(("file_id", "ahead"), [(503, 0), (504, 30)], ids=["no part", "open day"])
def test_a_daily_file_of_nothing_is_not_closed(
    made: tuple[World, str], night: psycopg.Connection[Any], file_id: int, ahead: int
) -> None:
    night.execute(PART, (504, 0, BODY))
    with pytest.raises(errors.InsufficientPrivilege), night.transaction():
        night.execute(CLOSE, (file_id, made[0].ids["WX"], DAY + timedelta(days=ahead), b""))


def test_a_night_is_signed_in_the_name_of_who_decided_it(
    made: tuple[World, str], night: psycopg.Connection[Any]
) -> None:
    opened = "INSERT INTO eod_run (book_id, business_day, started_at, signed_by) VALUES (1, %s, now(), %s)"
    sign = "UPDATE eod_run SET signed_by = %s"
    with pytest.raises(errors.InsufficientPrivilege, match="nobody signed"), night.transaction():
        night.execute(opened, (DAY, "clearing9"))
    night.execute(opened, (DAY, None))
    with pytest.raises(errors.InsufficientPrivilege, match="nobody signed"), night.transaction():
        night.execute(sign, ("clearing9",))
    made[0].two_people("night.sign", f"1 {DAY}", {"book": 1, "day": str(DAY)})
    with pytest.raises(errors.InsufficientPrivilege, match="nobody signed"), night.transaction():
        night.execute(sign, ("maker01",))
    assert night.execute(sign, ("checker01",)).rowcount == 1


def test_a_closed_day_stays_closed(made: tuple[World, str], night: psycopg.Connection[Any]) -> None:
    """The owner's hand opens it no more than the night's."""
    night.execute("INSERT INTO eod_run (book_id, business_day, started_at) VALUES (1, %s, now())", (DAY,))
    end = "UPDATE eod_run SET ended_at = %s"
    closed_at = night.execute(f"{end} RETURNING ended_at", ("2026-11-24T01:00:00Z",)).fetchone()
    for other in (None, "2026-11-24T02:00:00Z"):
        with pytest.raises(errors.RestrictViolation, match=f"{DAY} of book 1 is closed"), night.transaction():
            night.execute(end, (other,))
    assert night.execute("SELECT ended_at FROM eod_run").fetchone() == closed_at
    world, other_day = made[0], DAY - timedelta(days=9)  # the night's is not committed
    moved = "UPDATE eod_run SET business_day = business_day - 1 WHERE business_day = %s"
    opened = "INSERT INTO eod_run (book_id, business_day, started_at, ended_at) VALUES (1, %s, now(), now())"
    with world.conn.transaction(force_rollback=True):
        world.set_up(opened, other_day)
        with pytest.raises(errors.RestrictViolation, match=f"{other_day} of book 1 is closed"):
            world.set_up(moved, other_day)
