"""Named acts, and who acts: in Django's connection and psycopg's, told anew to every transaction."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.audit.trail import proved
from tests.world import Database
from yifen.core.audit.record import Actor, act
from yifen.core.facts.processes import NIGHT

ROOT = Path(__file__).resolve().parents[2]
LI = Actor("li", 7, 3, "10.0.0.9", "req-1")
WHO_SQL = """SELECT actor, actor_id, institution_id, address, request, db_role, action, subject,
    subject_key, before, after, note FROM audit_entry ORDER BY entry_no"""


@pytest.fixture
def conn(database: Database):
    with psycopg.connect(database.app_url) as conn:
        yield conn


def rows(conn: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    return conn.execute(WHO_SQL).fetchall()


def test_an_act_says_who_where_from_and_through_which_role(conn):
    act(conn, "export", "payment", 12, after={"rows": 3, "格式": "xlsx"}, note="月报", who=LI)
    assert rows(conn) == []
    conn.commit()
    assert rows(conn) == [
        ("li", 7, 3, "10.0.0.9", "req-1", "yifen_app", "export", "payment", "12", None,
         {"rows": 3, "格式": "xlsx"}, "月报"),
    ]  # fmt: skip


def test_an_act_that_nobody_is_named_for_is_the_systems(conn):
    act(conn.cursor(), "cut_missed", "ledger_book", before={"day": 1})
    conn.commit()
    assert rows(conn) == [
        ("", None, None, "", "", "yifen_app", "cut_missed", "ledger_book", "", {"day": 1}, None, "")
    ]


def test_what_is_rolled_back_leaves_no_entry_and_no_gap(conn):
    act(conn, "export", "payment", "1")
    conn.rollback()
    act(conn, "export", "payment", "2")
    with conn.transaction(force_rollback=True):
        act(conn, "export", "payment", "3")
    conn.commit()
    numbers = conn.execute("SELECT entry_no, subject_key FROM audit_entry").fetchall()
    assert numbers == [(1, "2")]
    assert proved(conn) == (1, [])


def test_hostile_text_does_not_lose_the_act(conn):
    bad = "x\x00\ud800" + "长" * 600
    act(conn, "sign_in_failed", "user", bad, after={"k": bad}, note=bad, who=Actor(bad))
    conn.commit()
    (row,) = rows(conn)
    assert row[0] == row[8] == row[11] == "x\ufffd?" + "长" * 497
    assert row[10] == {"k": "x\ufffd?" + "长" * 600}
    assert proved(conn) == (1, [])


@pytest.mark.parametrize("action", ["insert", "update", "delete", "truncate", "cut"])
def test_words_of_the_database_cannot_be_forged(conn, action):
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="by the database alone"):
        act(conn, action, "ledger_book", "1")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_entry SELECT * FROM audit_entry",
        "INSERT INTO audit_draft (db_role, actor, address, request, action, subject, subject_key,"
        " note) VALUES ('', '', '', '', 'x', '', '', '')",
        "UPDATE audit_head SET entry_no = 0",
        "DELETE FROM audit_day_head",
        "SELECT audit_draft_v1('cut', '', '', NULL, NULL, '')",
        "SELECT audit_cut_v1(1, '2026-11-23', NULL)",
        "SELECT audit_watch_v1('partner')",
        "ALTER TABLE partner DISABLE TRIGGER audit_row",
    ],
)
def test_the_restricted_role_writes_the_trail_by_one_function_only(conn, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(statement)


@pytest.mark.parametrize("table", ["audit_entry", "audit_day_head"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET entry_no = 1", "DELETE FROM {}", "TRUNCATE {}"]
)
def test_not_even_the_owner_changes_it_by_mistake(database, table, statement):
    with (
        psycopg.connect(database.owner_url) as conn,
        pytest.raises(psycopg.errors.RestrictViolation, match=f"{table} is append-only"),
    ):
        conn.execute(statement.format(table))


def test_somebody_at_the_database_is_named_by_the_role_he_came_through(database, conn):
    with psycopg.connect(database.owner_url) as hand:
        hand.execute("INSERT INTO institution (level, code, name) VALUES ('union', '0', '甲')")
    assert [row[5] for row in rows(conn)] == ["yifen_owner"]


def test_writers_at_once_make_one_chain(database):
    """Acts and master data crosswise, held open at the same time: nobody waits for another's
    transaction, nothing deadlocks, no number is given twice."""
    barrier = threading.Barrier(2)
    errors: list[BaseException] = []

    def write(mine: str, theirs: str) -> None:
        try:
            with psycopg.connect(database.owner_url) as conn:
                for number in range(50):
                    act(conn, "export", "payment", f"{mine}{number}")
                    barrier.wait(10)  # both have an act now; a lock taken early would end here
                    conn.execute("SELECT ledger_open_account_v1(1, %s, '', 'asset', 'none')",
                                 (f"{mine}{number}",))  # fmt: skip
                    conn.commit()
        except BaseException as error:
            errors.append(error)

    with psycopg.connect(database.owner_url) as conn:
        conn.execute("SELECT ledger_open_book_v1(1, 'hub', '总账', '23:00', '2026-11-23')")
    threads = [threading.Thread(target=write, args=pair) for pair in ("ab", "ba")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with psycopg.connect(database.app_url) as conn:
        assert proved(conn) == (201, [])
        times = conn.execute("SELECT at FROM audit_entry ORDER BY entry_no").fetchall()
        keys = conn.execute("SELECT subject_key FROM audit_entry WHERE action = 'export'"
                            " ORDER BY entry_no").fetchall()  # fmt: skip
    assert times == sorted(times)
    assert sorted(keys) == sorted((f"{who}{number}",) for who in "ab" for number in range(50))


def test_the_cut_and_a_registration_do_not_wait_for_each_other_in_a_circle(database):
    """An act first, then money's locks, in one transaction, while a cut holds those: what would
    deadlock if the head of the trail were locked where the act happens."""
    with (
        psycopg.connect(database.owner_url) as desk,
        psycopg.connect(database.url(NIGHT)) as cut,
        psycopg.connect(database.owner_url) as reader,
    ):
        reader.execute("SELECT ledger_open_book_v1(1, 'hub', '总账', '23:00', '2026-11-23')")
        reader.commit()
        act(desk, "authorised", "payment", "1")
        cut.execute("SELECT ledger_cut_day_v1(1, '2026-11-23')")
        waiting = threading.Thread(
            target=desk.execute,
            args=("SELECT ledger_open_account_v1(1, 'x', '', 'asset', 'none')",),
        )
        waiting.start()
        waiting.join(10)
        assert not waiting.is_alive()  # an account is opened while a cut goes on
        cut.commit()
        desk.commit()
        reader.rollback()
        made = reader.execute("SELECT action FROM audit_entry ORDER BY entry_no").fetchall()
        assert [action for (action,) in made] == ["insert", "update", "cut", "authorised", "insert"]
        assert proved(reader) == (5, [])


# --- Django ---------------------------------------------------------------------------------------

PROGRAM = """
import django
django.setup()
from django.db import connection, transaction
from yifen.core.audit.context import acting
from yifen.core.audit.record import Actor, act
from yifen.core.directory.models import Institution

def make(code):
    return Institution.objects.create(level="union", code=code, name=code)

def fail():
    raise ZeroDivisionError

LI, WANG = Actor("li", 7, 3, "10.0.0.9", "r1"), Actor("wang", 8)
make("before")
with acting(connection, LI):
    make("autocommit")
    with transaction.atomic():
        make("first")
        make("second")
    try:
        with transaction.atomic():
            make("lost")
            fail()
    except ZeroDivisionError:
        pass
    with transaction.atomic():
        try:
            with transaction.atomic():
                make("lost too")
                fail()
        except ZeroDivisionError:
            pass
        make("after savepoint")
        with acting(connection, WANG):
            make("inner")
            try:
                with transaction.atomic():
                    fail()
            except ZeroDivisionError:
                pass
            make("inner, again")
        saved = transaction.savepoint()
        with acting(connection, WANG):
            make("taken back")
            transaction.savepoint_rollback(saved)
            make("inner, rolled")
        make("outer again")
        act(connection, "sign_in", "user", 9, who=Actor("zhao", 9))
    for code in Institution.objects.order_by("code").values_list("code", flat=True).iterator():
        pass
    Institution.objects.bulk_create(
        [Institution(level="union", code=f"bulk {n}", name="") for n in range(2)])
    with connection.cursor() as cursor:
        act(cursor, "export", "institution")
make("after")
with acting(connection, WANG):
    make("next request")
connection.close()
with acting(connection, WANG):
    make("new connection")
"""


def test_django_names_the_actor_in_every_transaction_and_nowhere_else(database, conn):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        env=database.environment(DJANGO_SETTINGS_MODULE="yifen.project.settings")
        | {"YIFEN_DATABASE_URL": database.app_url, "YIFEN_OWNER_URL": "", "PATH": os.environ["PATH"]},
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    made = conn.execute(
        "SELECT coalesce(after ->> 'code', action), actor, actor_id, institution_id, address,"
        " request FROM audit_entry ORDER BY entry_no"
    ).fetchall()
    li, wang = ("li", 7, 3, "10.0.0.9", "r1"), ("wang", 8, None, "", "")
    nobody = ("", None, None, "", "")
    assert made == [
        ("before", *nobody),
        ("autocommit", *li),
        ("first", *li),
        ("second", *li),
        ("after savepoint", *li),
        ("inner", *wang),
        ("inner, again", *wang),
        ("inner, rolled", *wang),
        ("outer again", *li),
        ("sign_in", "zhao", 9, None, "10.0.0.9", "r1"),
        ("bulk 0", *li),
        ("bulk 1", *li),
        ("export", *li),
        ("after", *nobody),
        ("next request", *wang),
        ("new connection", *wang),
    ]
    assert proved(conn) == (16, [])
