"""What auditors ask: exact answers on a small trail, and by index alone on one of 300,000 entries."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.conftest import NewDatabase
from yifen.core.audit.queries import EntriesFound, TrailSearch, history, search
from yifen.core.audit.record import Actor, act
from yifen.core.audit.verify import verify

LI, WANG = Actor("li", 7, 3), Actor("wang", 8, 4)


@pytest.fixture(scope="module")
def small(new_database: NewDatabase) -> Iterator[psycopg.Connection[Any]]:
    """Six acts, a moment apart."""
    with psycopg.connect(new_database().app_url, autocommit=True) as conn:
        act(conn, "sign_in", "user", 7, who=LI)
        act(conn, "sign_in", "user", 8, who=WANG)
        act(conn, "export", "payment", "12", after={"rows": 3}, note="Monthly 月报 50%", who=LI)
        act(conn, "update_role", "user", 12, before={"a": 1}, note="", who=LI)
        act(conn, "export", "li", "x", note="of WANG", who=WANG)
        act(conn, "job", "payment", 12)
        yield conn


def found(conn: psycopg.Connection[Any], *args: Any, **filters: Any) -> list[int]:
    return [entry.entry_no for entry in search(conn, TrailSearch(**filters), *args)]


def test_an_entry_is_answered_whole_and_decoded(small):
    (entry,) = search(small, TrailSearch(text="12", action="export"))
    assert entry == EntriesFound(3, entry.at, "yifen_app", "li", 7, 3, "", "", "export", "payment", "12",
                          None, {"rows": 3}, "Monthly 月报 50%")  # fmt: skip
    assert entry.at.tzinfo is not None


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({}, [6, 5, 4, 3, 2, 1]),
        ({"text": "li"}, [5, 4, 3, 1]),  # an actor, and a subject
        ({"text": "12"}, [6, 4, 3]),  # a key
        ({"text": "wang"}, [5, 2]),  # an actor, and a part of a note
        ({"text": "月报"}, [3]),
        ({"text": "50%"}, [3]),
        ({"text": "%"}, [3]),
        ({"text": "_"}, []),
        ({"text": "MONTHLY 月"}, [3]),
        ({"text": "月月报"}, []),  # its pairs are not all there
        ({"text": "y月"}, []),
        ({"text": "l"}, [3]),  # part of an actor is not enough
        ({"text": "12", "subject": "user"}, [4]),
        ({"actor_id": 8}, [5, 2]),
        ({"action": "sign_in"}, [2, 1]),
        ({"action": "export", "actor_id": 7}, [3]),
        ({"institutions": [3]}, [4, 3, 1]),
        ({"institutions": [3, 4], "action": "export"}, [5, 3]),
        ({"institutions": []}, []),
        ({"text": "12", "institutions": [4]}, []),
        ({"text": "of wang", "institutions": [4]}, [5]),
        ({"text": "of wang", "institutions": [3]}, []),
        ({"text": "of wang", "institutions": []}, []),
        ({"text": "of", "actor_id": 8, "action": "export", "subject": "li"}, [5]),
        ({"text": "of", "actor_id": 7}, []),
        ({"text": "of", "action": "job"}, []),
        ({"text": "of", "subject": "user"}, []),
    ],
)
def test_search(small, filters, numbers):
    assert found(small, **filters) == numbers


def test_the_period_counts_its_beginning_and_not_its_end(small):
    times = {entry.entry_no: entry.at for entry in search(small, TrailSearch())}
    assert found(small, since=times[3], until=times[5]) == [4, 3]
    assert found(small, since=times[3] + timedelta(microseconds=1)) == [6, 5, 4]
    assert found(small, until=times[1]) == []
    assert found(small, since=datetime(2200, 1, 1, tzinfo=UTC)) == []
    assert found(small, text="12", until=times[6]) == [4, 3]


def test_pages_follow_each_other_without_a_gap(small):
    assert found(small, None, 2) == [6, 5]
    assert found(small, 5, 2) == [4, 3]
    assert found(small, 3, 2) == [2, 1]
    assert found(small, 1, 2) == []
    assert found(small, 4, 2, text="li") == [3, 1]
    assert found(small, 3, text="of") == []


def test_the_page_before_comes_oldest_first_and_adjoins(small):
    assert found(small, None, 2, 2) == [3, 4]
    assert found(small, None, 2, 5) == [6]
    assert found(small, None, 2, 1, text="li") == [3, 4]
    assert found(small, None, 1, 1, text="o") == [3]  # of the notes 3 and 5
    assert found(small, None, 9, 6) == []


def test_the_history_of_one_thing(small):
    assert [entry.entry_no for entry in history(small, "payment", 12)] == [6, 3]
    assert [entry.entry_no for entry in history(small, "payment", "12", 1)] == [6]
    assert history(small, "payment", "99") == []


# --- many -----------------------------------------------------------------------------------------

MANY = 300_000
# Every tenth is an act with a note; of the rest each key of `partner` comes 30 times. One rare word,
# one rare actor and one rare action stand at the far end.
FILL_SQL = """
INSERT INTO audit_entry
SELECT n, '2026-01-01Z'::timestamptz + n * interval '1 minute', 'yifen_app', CASE WHEN n = 5 THEN 'rare'
       ELSE 'user' || n % 500 END, n % 500, n % 50, '10.0.0.1', '', CASE WHEN n = 7 THEN 'go_live'
       WHEN n % 10 = 0 THEN 'export' ELSE 'update' END, 'partner', (n % 10000)::text,
       '{"name": "甲"}', '{"name": "乙"}', CASE WHEN n = 10 THEN 'a needle here' WHEN n % 10 = 0
       THEN 'rows of a month' ELSE '' END, ''
FROM generate_series(1, %s) n"""
DRAFTS_SQL = """INSERT INTO audit_draft (db_role, actor, address, request, action, subject,
    subject_key, before, after, note)
SELECT 'yifen_app', 'user' || n % 500, '10.0.0.1', '', 'update', 'partner', n::text,
    '{"name": "甲"}', '{"name": "乙"}', '' FROM generate_series(1, 100000) n"""


@pytest.fixture(scope="module")
def many(new_database: NewDatabase) -> Iterator[psycopg.Connection[Any]]:
    database = new_database()
    with psycopg.connect(database.super_url, autocommit=True) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute(FILL_SQL.replace("%s", str(MANY)))
        conn.execute(f"UPDATE audit_head SET entry_no = {MANY}")
        conn.execute("ANALYZE audit_entry")
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        yield conn


class Explaining:
    """A cursor that has every statement explained."""

    def __init__(self, conn: psycopg.Connection[Any]) -> None:
        self.cursor, self.nodes, self.read = conn.cursor(), [], 0

    def execute(self, statement: str, params: Any) -> None:
        explained = self.cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", params)
        self._collect(explained.fetchone()[0][0]["Plan"])
        self.cursor.execute(statement, params)

    def fetchone(self) -> Any:
        return self.cursor.fetchone()

    def fetchall(self) -> Any:
        return self.cursor.fetchall()

    def _collect(self, node: dict[str, Any]) -> None:
        self.nodes.append(node["Node Type"])
        if "Scan" in node["Node Type"]:
            lost = node.get("Rows Removed by Filter", 0)
            self.read += (node["Actual Rows"] + lost) * node["Actual Loops"]
        for child in node.get("Plans", ()):
            self._collect(child)


NEW_YEAR = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("filters", "count", "read_max"),
    [
        ({}, 50, 60),
        ({"actor_id": 9}, 50, 60),
        ({"action": "go_live"}, 1, 10),
        ({"subject": "nothing"}, 0, 10),
        ({"since": NEW_YEAR, "until": NEW_YEAR + timedelta(hours=1)}, 50, 120),
        ({"actor_id": 9, "until": NEW_YEAR}, 3, 20),
        ({"institutions": [3]}, 50, 4000),
        ({"text": "user9", "until": NEW_YEAR + timedelta(days=30)}, 50, 6000),
        ({"text": "77"}, 30, 200),
        ({"text": "needle"}, 1, 100),
        ({"text": "rare"}, 1, 100),
        ({"text": "月报"}, 0, 10),
        ({"text": "month"}, 50, 200),  # in every tenth entry; the function's own reading apart
    ],
)  # fmt: skip
def test_a_search_reads_little_of_a_long_trail(many, filters, count, read_max):
    """The rows that every scan met, filtered ones too."""
    cursor = Explaining(many)
    answered = search(cursor, TrailSearch(**filters))
    assert len(answered) == count
    assert "Seq Scan" not in cursor.nodes
    assert cursor.read <= read_max, (cursor.read, cursor.nodes)


def test_a_history_reads_no_more_than_it_answers(many):
    cursor = Explaining(many)
    assert len(history(cursor, "partner", "77")) == 30
    assert "Seq Scan" not in cursor.nodes
    assert cursor.read <= 60


def test_a_hundred_thousand_entries_are_sealed_and_proved_quickly(new_database, capsys):
    """One transaction over as many rows: the head is written once."""
    database = new_database()
    with psycopg.connect(database.owner_url) as conn:
        conn.execute(DRAFTS_SQL)
        start = time.monotonic()
        conn.commit()
        sealed = time.monotonic()
        report = verify(conn)
        proved = time.monotonic()
    with capsys.disabled():
        print(f" [100,000 entries sealed in {sealed - start:.1f} s,"
              f" proved in {proved - sealed:.1f} s] ", end="")  # fmt: skip
    assert report == (100_000, [])
    assert proved - start < 60
