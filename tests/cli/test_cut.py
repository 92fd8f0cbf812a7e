"""`yifen cut`, and the commands' refusal of surroundings that would lose track of money."""

import re
import subprocess
import sys
from datetime import date, datetime, timedelta, timezone

import psycopg
import pytest

from tests.world import Database, World
from yifen.core.facts.processes import GATEWAY, NIGHT, OWNER, WORKER
from yifen.core.facts.refused import Refused
from yifen.core.runtime import EdgeError
from yifen.night.codes import NightCode
from yifen.night.commands.cut import cut
from yifen.night.commands.eod import day_of
from yifen.night.commands.saying import said

DAY = date(2026, 11, 22)
BEIJING = timezone(timedelta(hours=8))
EVENING = datetime(2026, 11, 22, 22, 59, 59, tzinfo=BEIJING)
OVER = datetime(2026, 11, 22, 23, 0, tzinfo=BEIJING)


@pytest.fixture
def conn(database: Database):
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        World(conn).network()
        with psycopg.connect(database.owner_url, autocommit=True) as owner:
            owner.execute("UPDATE ledger_book SET cut_off = '23:00', current_day = %s", (DAY,))
        yield conn


def open_day(conn):
    return conn.execute("SELECT current_day FROM ledger_book").fetchone()[0]


def files(conn):
    return conn.execute("SELECT business_day, count(*) FROM daily_file GROUP BY 1").fetchall()


def test_a_day_that_is_not_over_is_closed_only_early(conn):
    with pytest.raises(EdgeError, match=r"2026-11-22 is not over .cut-off 23:00.; --early"):
        cut(conn, "hub", early=False, now=EVENING)
    assert (open_day(conn), files(conn)) == (DAY, [])
    cut(conn, "hub", early=True, now=EVENING)
    assert open_day(conn) == date(2026, 11, 23)


def test_a_second_run_closes_nothing_more(conn):
    cut(conn, "hub", early=False, now=OVER)
    made = files(conn)
    with pytest.raises(EdgeError, match="2026-11-23 is not over"):
        cut(conn, "hub", early=False, now=OVER)
    assert (open_day(conn), files(conn)) == (date(2026, 11, 23), made)


def test_files_that_an_interrupted_cut_left_out_are_made_by_the_next(conn):
    conn.execute("SELECT ledger_cut_day_v1(1, %s)", (DAY,))
    assert files(conn) == []
    with pytest.raises(EdgeError):
        cut(conn, "hub", early=False, now=OVER)
    partners = conn.execute("SELECT count(*) FROM partner").fetchone()[0]
    assert files(conn) == [(DAY, partners)]


def test_early_is_the_owners(conn, database: Database):
    """By the night's own address nothing is closed early or signed, and said is whose it takes; with the owner's
    it is closed."""
    far = date(2100, 1, 1)
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("UPDATE ledger_book SET current_day = %s", (far,))
    for command in (["cut", "--early"], ["eod", "--early"], ["eod", "--sign", "boss", "--reason", "x"]):
        done = subprocess.run([sys.executable, "-m", "yifen", *command], env=database.environment(NIGHT),
                              capture_output=True, text=True, timeout=60)  # fmt: skip
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == (
            "yifen: yifen_night does not own the tables: this is the owner's work, give it YIFEN_OWNER_URL"
            " (docs/operations.md)\n"
        )
        assert (open_day(conn), files(conn)) == (far, [])
    done = subprocess.run([sys.executable, "-m", "yifen", "cut", "--early"], env=database.environment(OWNER),
                          capture_output=True, text=True, timeout=60)  # fmt: skip
    assert (done.returncode, open_day(conn)) == (0, date(2100, 1, 2)), done.stderr
    assert done.stdout.startswith("会计日期 2100-01-01 已日切 · business day 2100-01-01 is closed\n")
    assert re.search(r"^  \w+: 0 笔 · 0 lines$", done.stdout, re.MULTILINE)


def test_a_day_before_the_first_never_was(conn):
    """Neither closed already nor not open yet; whether a day was cut before or not; nor has it a night."""
    before = date(2026, 11, 21)
    for _ in range(2):
        for ask in (lambda: cut(conn, "hub", early=False, now=OVER, day=before),
                    lambda: day_of(conn, "hub", before, False, OVER)):  # fmt: skip
            with pytest.raises(Refused) as refused:
                ask()
            assert refused.value.code is NightCode.DAY_NEVER_WAS
            assert said(refused.value) == ("8505 账簿没有过该会计日期 · The book never had that business day."
                                           " (2026-11-21 < 2026-11-22)")  # fmt: skip
        cut(conn, "hub", early=True, now=EVENING)
    assert [row[0] for row in conn.execute("SELECT business_day FROM audit_day_head ORDER BY 1")] == [
        DAY, date(2026, 11, 23)]  # fmt: skip
    with pytest.raises(Refused) as refused:
        cut(conn, "hub", early=False, now=OVER, day=DAY)
    assert refused.value.code is NightCode.DAY_CUT_ALREADY


def test_an_unknown_book_is_named(conn):
    with pytest.raises(EdgeError, match=r"^没有账簿 'x' · there is no book 'x'$"):
        cut(conn, "x", early=False, now=OVER)


@pytest.mark.parametrize("command", ["serve", "worker", "verify", "cut", "migrate"])
def test_another_number_of_buckets_is_refused(database: Database, command):
    done = subprocess.run(
        [sys.executable, "-m", "yifen", command],
        env=database.environment(
            {"serve": GATEWAY, "worker": WORKER, "migrate": OWNER, "verify": OWNER}.get(command, NIGHT),
            YIFEN_BUCKETS="4",
        ),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 1
    assert "made with 1 buckets; YIFEN_BUCKETS=4 would lose track of money" in done.stderr
