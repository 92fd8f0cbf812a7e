"""The trail altered behind the hub's back by a superuser: verify names just the entry."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.audit.trail import seal
from tests.conftest import NewDatabase
from tests.world import DAY, Database
from yifen.core.audit.chain import GENESIS, TrailEntry, canonical
from yifen.core.audit.record import Actor, act
from yifen.core.audit.verify import verify
from yifen.hub.payments import verify as everything
from yifen.hub.payments.files import ANCHOR_SQL, DayNotClosed, close_day, write_file

ROOT = Path(__file__).resolve().parents[2]
NO_CHANGE = "audit_entry {} was altered, or does not follow from the one before it"
# Written below: 1 the book, 2 a sign-in, 3 an export, 4 the new day and 5 its cut, 6 an export,
# 7 a change, 8 a sign-out.
ALTERED = {
    "at": "at - interval '1 us'",
    "db_role": "'yifen_web'",
    "actor": "'wang'",
    "actor_id": "8",
    "actor_id of nobody": "NULL",
    "institution_id": "4",
    "address": "'10.0.0.8'",
    "request": "''",
    "action": "'exports'",
    "subject": "'payer'",
    "subject_key": "'13'",
    "before": "'{}'",
    "after": "'{\"rows\": 4}'",
    "after of nothing": "NULL",
    "note": "'月报 '",
    "digest": "sha256('x')",
}
CASES: dict[str, tuple[str, str]] = {
    "first deleted": ("DELETE FROM audit_entry WHERE entry_no = 1", "audit_entry 1 is missing"),
    "middle deleted": ("DELETE FROM audit_entry WHERE entry_no = 4", "audit_entry 4 is missing"),
    "last deleted": ("DELETE FROM audit_entry WHERE entry_no = 8", "audit_entry 8 is missing"),
    "several deleted": ("DELETE FROM audit_entry WHERE entry_no > 5", "audit_entry 6 is missing"),
    "all deleted": ("DELETE FROM audit_entry", "audit_entry 1 is missing"),
    "deleted and closed up": (
        "DELETE FROM audit_entry WHERE entry_no = 3;"
        "UPDATE audit_entry SET entry_no = entry_no - 1 WHERE entry_no = 4;"
        "UPDATE audit_entry SET entry_no = entry_no - 1 WHERE entry_no = 5;"
        "UPDATE audit_entry SET entry_no = entry_no - 1 WHERE entry_no = 6",
        NO_CHANGE.format(3),
    ),
    "added behind the end": (
        "INSERT INTO audit_entry SELECT 9, at, db_role, actor, actor_id, institution_id, address,"
        " request, action, subject, subject_key, before, after, note, digest FROM audit_entry"
        " WHERE entry_no = 8",
        "audit_entry 9 was added",
    ),
    "added before the beginning": (
        "INSERT INTO audit_entry SELECT 0, at, db_role, actor, actor_id, institution_id, address,"
        " request, action, subject, subject_key, before, after, note, digest FROM audit_entry"
        " WHERE entry_no = 8",
        "audit_entry 0 was added",
    ),
    "swapped": (
        "UPDATE audit_entry SET entry_no = 99 WHERE entry_no = 2;"
        "UPDATE audit_entry SET entry_no = 2 WHERE entry_no = 3;"
        "UPDATE audit_entry SET entry_no = 3 WHERE entry_no = 99",
        NO_CHANGE.format(2),
    ),
    "text moved over the border of two fields": (
        "UPDATE audit_entry SET subject = 'paymen', subject_key = 't12' WHERE entry_no = 3",
        NO_CHANGE.format(3),
    ),
    "altered and sealed again": (
        "UPDATE audit_entry SET actor = 'wang' WHERE entry_no = 3;"
        "UPDATE audit_entry e SET digest = sha256((SELECT digest FROM audit_entry"
        " WHERE entry_no = 2) || audit_text_v1(e)) WHERE entry_no = 3",
        NO_CHANGE.format(4),
    ),
    "number of the head": ("UPDATE audit_head SET entry_no = 7", "audit_entry 8 was added"),
    "head ahead": ("UPDATE audit_head SET entry_no = 9", "audit_entry 9 is missing"),
    "hash of the head": (
        "UPDATE audit_head SET hash = sha256('x')",
        "audit_head does not hold the hash of audit_entry 8",
    ),
    "head deleted": ("DELETE FROM audit_head", "audit_head is missing"),
    "hash of a day": (
        "UPDATE audit_day_head SET hash = sha256('x')",
        "audit_day_head book 1 day 2026-11-23 was altered",
    ),
    "day of a day": (
        "UPDATE audit_day_head SET business_day = business_day - 1",
        "audit_day_head book 1 day 2026-11-22 was altered",
    ),
    "entry of a day": (
        "UPDATE audit_day_head SET entry_no = 9",
        "audit_day_head book 1 day 2026-11-23 is missing",
    ),
    "day deleted": (
        "DELETE FROM audit_day_head",
        "audit_day_head book 1 day 2026-11-23 is missing",
    ),
    "day added": (
        "INSERT INTO audit_day_head SELECT 1, '2026-11-24', entry_no, digest FROM audit_entry"
        " WHERE entry_no = 6",
        "audit_day_head book 1 day 2026-11-24 was altered",
    ),
    "trigger off": (
        "ALTER TABLE partner DISABLE TRIGGER audit_row",
        "table partner has lost its trigger audit_row",
    ),
    "trigger gone": (
        "DROP TRIGGER append_only ON audit_entry",
        "table audit_entry has lost its trigger append_only",
    ),
    "act kept from being sealed": (
        "INSERT INTO audit_draft (db_role, actor, address, request, action, subject, subject_key,"
        " note) VALUES ('', '', '', '', 'x', '', '', '')",
        "audit_draft holds 1 acts that were never sealed",
    ),
} | {
    f"column {column}": (
        f"UPDATE audit_entry SET {column.split()[0]} = {value} WHERE entry_no = 3",
        NO_CHANGE.format(3),
    )
    for column, value in ALTERED.items()
}  # fmt: skip


@pytest.fixture(scope="module")
def trail(new_database: NewDatabase) -> Iterator[psycopg.Connection[Any]]:
    """The eight entries, on a superuser's connection whose triggers are off."""
    database = new_database()
    li = Actor("li", 7, 3, "10.0.0.9", "r1")
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        conn.execute("SELECT ledger_open_book_v1(1, 'hub', '总账', '23:00', %s)", (DAY,))
        act(conn, "sign_in", "user", 7, who=li)
        act(conn, "export", "payment", 12, after={"rows": 3}, note="月报", who=li)
        conn.execute("SELECT ledger_cut_day_v1(1, %s)", (DAY,))
        act(conn, "export", "payment", 13, who=li)
        conn.execute("SELECT ledger_open_account_v1(1, 'a', '甲\t\\|\n乙', 'asset', 'none')")
        act(conn, "sign_out", "user", 7, who=li)
    with psycopg.connect(database.super_url) as conn:
        yield conn
        conn.rollback()


@pytest.fixture
def books(trail: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    yield trail
    trail.rollback()


def problems(conn: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What verify says of the open transaction, which is as it would be committed."""
    execute = conn.execute
    monkeypatch.setattr(
        conn, "execute", lambda s, *a: None if str(s).startswith("SET TRANS") else execute(s, *a)
    )
    return verify(conn).problems


def test_an_untouched_trail_is_in_order(books):
    assert verify(books) == (8, [])


@pytest.mark.parametrize("case", CASES)
def test_what_was_altered_is_named_first(books, monkeypatch, case):
    statements, named = CASES[case]
    books.execute("SET LOCAL session_replication_role = replica")
    for statement in statements.split(";"):
        assert books.execute(statement).rowcount != 0
    assert problems(books, monkeypatch)[0] == named


def forge(conn: psycopg.Connection[Any]) -> None:
    """Chain everything anew from the start, heads and days too."""
    conn.execute("SET LOCAL session_replication_role = replica")
    conn.execute("UPDATE audit_entry SET actor = 'wang' WHERE entry_no = 2")
    last = GENESIS
    for number in range(1, 9):
        last = conn.execute(
            "UPDATE audit_entry e SET digest = sha256(%s || audit_text_v1(e)) WHERE entry_no = %s"
            " RETURNING digest", (last, number),
        ).fetchone()[0]  # fmt: skip
    conn.execute("UPDATE audit_head SET hash = %s", (last,))


def test_a_trail_forged_from_end_to_end_no_longer_fits_the_closed_day(books, monkeypatch):
    forge(books)
    assert problems(books, monkeypatch) == ["audit_day_head book 1 day 2026-11-23 was altered"]


def test_a_trail_forged_with_its_days_no_longer_fits_the_files_that_partners_hold(
    books, monkeypatch
):
    held = books.execute(ANCHOR_SQL, (DAY, 1)).fetchone()
    forge(books)
    books.execute("UPDATE audit_day_head d SET hash = e.digest FROM audit_entry e"
                  " WHERE e.entry_no = d.entry_no")  # fmt: skip
    made = books.execute(ANCHOR_SQL, (DAY, 1)).fetchone()
    assert problems(books, monkeypatch) == []
    assert held != made


def test_a_day_closed_before_there_was_a_trail_keeps_its_anchor(books):
    books.execute("SET LOCAL session_replication_role = replica")
    books.execute("DELETE FROM audit_day_head")
    assert books.execute(ANCHOR_SQL, (DAY, 1)).fetchone() == books.execute(
        "SELECT encode(sha256(hash), 'hex') FROM ledger_day_head"
    ).fetchone()  # fmt: skip


def test_an_open_day_has_no_file(books):
    with pytest.raises(DayNotClosed):
        write_file(books, (1, "WX", 1, True, "UTF-8"), DAY.replace(day=24), datetime.now(UTC))


def test_the_ledgers_heads_must_be_those_that_the_cut_told(books):
    assert books.execute(everything._CUTS).fetchall() == []
    books.execute("SET LOCAL session_replication_role = replica")
    books.execute("UPDATE ledger_day_head SET hash = sha256('x')")
    assert books.execute(everything._CUTS).fetchall() == [(1, DAY)]


def test_the_text_that_python_hashes_is_the_databases(books):
    """Every kind of value: tabs, newlines, bars, NULL beside empty, other scripts, µs."""
    act(books, "x|y", "", "\t", before={}, after={"a": 1.50, "é": [None, "\\\n"]}, note="𠮷\n5:-")
    seal(books)
    texts = books.execute(
        "SELECT entry_no::text, (extract(epoch FROM at) * 1000000)::bigint::text, db_role, actor,"
        " actor_id::text, institution_id::text, address, request, action, subject, subject_key,"
        " before::text, after::text, note, encode(digest, 'hex'), audit_text_v1(e)"
        " FROM audit_entry e ORDER BY entry_no"
    ).fetchall()
    assert len(texts) == 9
    assert [canonical(TrailEntry(*row[:-1])) for row in texts] == [row[-1] for row in texts]
    assert canonical(TrailEntry("1", "5", "r", "", None, "3", "", "", "a", "s", "k", None, "{}", "长", "")) == (
        "1:1|1:5|1:r|0:|-|1:3|0:|0:|1:a|1:s|1:k|-|2:{}|3:长".encode()
    )  # fmt: skip


def test_closing_a_day_twice_makes_one_cut(new_database):
    database: Database = new_database()
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        conn.execute("SELECT ledger_open_book_v1(1, 'hub', '总账', '23:00', %s)", (DAY,))
        for _ in range(2):
            close_day(conn, 1, DAY, datetime.now(UTC))
        assert everything.verify(conn)[2:] == (3, [])
