"""Partitions: a month begins, money of before and after stands in its own, and everything goes on across them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from copy import copy
from threading import Event
from time import sleep
from typing import Any

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.world import Database, World
from yifen.core import grants
from yifen.core.audit import installed
from yifen.core.facts.codes import Code
from yifen.core.facts.processes import NIGHT, WORKER
from yifen.hub.payments.proof import altered
from yifen.hub.payments.verify import verify

SPAN = 10**12
DECEMBER, JANUARY = "2026-12-01 00:00+08", "2027-01-01 00:00+08"
BEGIN = "SELECT payments_begin_partition_v1(%s)"


@pytest.fixture
def place(new_database: NewDatabase) -> Iterator[tuple[Database, World]]:
    """Its first partition began in November."""
    database = new_database()
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        world = World(conn).network()
        with psycopg.connect(database.super_url) as owner:
            owner.execute("UPDATE ledger_partition SET begun_at = '2026-11-05 00:00+08'")
        yield database, world


def begin(database: Database, month: str) -> int | None:
    with psycopg.connect(database.owner_url) as conn:
        return conn.execute(BEGIN, (month,)).fetchall()[0][0]


def numbers(world: World) -> list[tuple[int, int, int]]:
    return world.rows("SELECT batch_no, transfer_no, reference_id FROM ledger_transfer ORDER BY transfer_no")


def problems(database: Database) -> list[str]:
    with psycopg.connect(database.super_url) as conn:
        return verify(conn).problems


def test_each_month_has_its_own_numbers_and_nothing_else_changes(place: tuple[Database, World]) -> None:
    database, hub = place
    assert hub.charge("S1", {"B1": 1000}).payment_id == 1000
    assert begin(database, "2026-11-30 23:59+08") is None  # the month is not over
    assert begin(database, DECEMBER) == 1
    assert begin(database, DECEMBER) is None
    assert begin(database, JANUARY) is None  # nothing was booked in December so far
    second = hub.charge("S2", {"B2": 2000})
    assert second.payment_id == SPAN + 1000
    assert begin(database, JANUARY) == 2
    assert numbers(hub) == [(1, 1, 1000), (SPAN + 1, SPAN + 1, SPAN + 1000)]
    assert hub.rows("SELECT tableoid::regclass::text, payment_id FROM payment ORDER BY 2") == [
        ("partitions.payment_0", 1000), ("partitions.payment_1", SPAN + 1000),
    ]  # fmt: skip
    assert hub.charge("S1", {"B1": 1000}).payment_id == 1000  # the same answer
    assert hub.charge("S3", {"B1": 1000}).code is Code.ALREADY_PAID
    back = hub.reverse("T1", "S1", 1000)  # of a payment two partitions ago
    assert (back.code, back.payment_id) == (Code.OK, 1000)
    assert numbers(hub)[-1] == (2 * SPAN + 1, 2 * SPAN + 1, 1000)
    assert hub.reverse("T2", "S1", 1000).code is Code.ALREADY_REVERSED
    with psycopg.connect(database.super_url) as conn:
        found = verify(conn)
    assert (found.problems, found.transfers, found.batches) == ([], 3, 3)


def test_what_was_pending_is_posted_once_in_a_later_month(place: tuple[Database, World]) -> None:
    database, hub = place
    first = hub.charge("S1", {"R1": 3000}, biller="GAS", account_no="G1")
    second = hub.charge("S2", {"R2": 500}, biller="GAS", account_no="G1")
    begin(database, DECEMBER)
    assert hub.result(first.payment_id, "booked").code is Code.OK
    assert hub.result(second.payment_id, "rejected").code is Code.BILLER_REJECTED
    kinds = "SELECT kind::text, pending_no, transfer_no FROM ledger_transfer ORDER BY transfer_no"
    assert hub.rows(kinds) == [
        ("pending", None, 1), ("pending", None, 2), ("post", 1, SPAN + 1), ("void", 2, SPAN + 2),
    ]  # fmt: skip
    with psycopg.connect(database.super_url) as conn:
        posted = conn.execute(
            "SELECT p.code FROM ledger_transfer t CROSS JOIN LATERAL ledger_post_v1(0::smallint, now(), '{1}',"
            " '{post}', ARRAY[t.debit_id], ARRAY[t.credit_id], ARRAY[t.amount_fen], ARRAY[1::bigint],"
            " ARRAY[NULL::bigint], '{1000}', '{1}', ARRAY[t.business_day]) p WHERE t.transfer_no = 1"
        ).fetchall()
        conn.rollback()
    assert posted == [(Code.LEDGER_PENDING_RESOLVED,)]
    assert problems(database) == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("DELETE FROM ledger_transfer WHERE transfer_no = 2", "ledger_transfer bucket 0 transfer_no 2 is missing"),
        ("DELETE FROM ledger_batch WHERE batch_no = 2", "ledger_transfer bucket 0 transfer_no 2 belongs to no batch"),
        (f"DELETE FROM ledger_transfer WHERE transfer_no = {SPAN + 1}",
         f"ledger_transfer bucket 0 transfer_no {SPAN + 1} is missing"),
        (f"DELETE FROM ledger_batch WHERE batch_no = {SPAN + 1}",
         "ledger_transfer bucket 0 transfer_no 3 belongs to no batch"),
        ("DELETE FROM ledger_batch WHERE batch_no = 2; DELETE FROM ledger_transfer WHERE transfer_no = 2",
         f"ledger_batch bucket 0 batch_no {SPAN + 1} does not follow from the chain before it"),
        ("UPDATE ledger_transfer SET amount_fen = 7 WHERE transfer_no = 1",
         "ledger_transfer bucket 0 transfer_no 1 was altered after it was sealed"),
    ],
    ids=["a row", "a batch", "a month's first row", "a month's first batch", "a month's end", "an amount"],
)  # fmt: skip
def test_what_is_altered_on_either_side_is_named(
    place: tuple[Database, World], statement: str, named: str
) -> None:
    database, hub = place
    hub.charge("S1", {"B1": 1000})
    hub.charge("S2", {"B2": 2000})
    begin(database, DECEMBER)
    hub.charge("S3", {"O1": 100})
    with psycopg.connect(database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute(statement.encode())
    assert problems(database)[0] == named


def test_numbers_that_would_not_go_on_are_named(place: tuple[Database, World]) -> None:
    database, hub = place
    hub.charge("S1", {"B1": 1000})
    begin(database, DECEMBER)
    hub.charge("S2", {"B2": 2000})
    for change, named in (
        ("UPDATE ledger_head SET partition_no = 7", ["ledger_head bucket 0 says partition 7, the last one is 1"]),
        ("UPDATE payment_counter SET payment = 0", [f"payment_counter bucket 0 stands below payment {SPAN + 1000}"]),
        ("INSERT INTO ledger_partition VALUES (2, now()); UPDATE ledger_head SET partition_no = 2",
         [f"ledger_partition 2 is not there of {table}" for table in ("ledger_batch", "ledger_transfer", "payment")]),
    ):  # fmt: skip
        with psycopg.connect(database.super_url) as conn:
            conn.execute(change.encode())
            assert sorted(altered(conn)) == named
            conn.rollback()


def test_rights_to_partitions_are_taken_back(place: tuple[Database, World]) -> None:
    database, _hub = place
    with psycopg.connect(database.super_url) as conn:
        conn.execute("GRANT USAGE ON SCHEMA partitions TO yifen_web; GRANT UPDATE ON partitions.payment_0 TO yifen_web")
    with psycopg.connect(database.owner_url) as conn:
        grants.grant_all(conn)
        rights = ("SELECT has_schema_privilege('yifen_web', 'partitions', 'USAGE'),"
                  " has_table_privilege('yifen_web', 'partitions.payment_0', 'UPDATE')")  # fmt: skip
        assert conn.execute(rights).fetchall() == [(False, False)]


def test_the_month_is_the_databases_and_only_the_worker_begins_it(place: tuple[Database, World]) -> None:
    database, hub = place
    hub.charge("S1", {"B1": 1000})
    with psycopg.connect(database.super_url) as conn:
        conn.execute("UPDATE ledger_partition SET begun_at = now()")
    with psycopg.connect(database.url(WORKER)) as conn:
        assert conn.execute(BEGIN, ("2099-01-01",)).fetchall() == [(None,)]
    with psycopg.connect(database.super_url) as conn:
        conn.execute("UPDATE ledger_partition SET begun_at = now() - interval '32 days'")
    with psycopg.connect(database.url(NIGHT)) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(BEGIN, ("2099-01-01",))
    with psycopg.connect(database.url(WORKER)) as conn:
        assert conn.execute(BEGIN, ("2020-01-01",)).fetchall() == [(1,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("SELECT FROM partitions.payment_1")


def test_a_new_partition_is_as_installed_and_one_that_is_not_is_named(place: tuple[Database, World]) -> None:
    database, hub = place
    hub.charge("S1", {"B1": 1000})
    with psycopg.connect(database.super_url) as conn:
        before = installed.standing(conn)
        conn.execute(BEGIN, (DECEMBER,))
        assert installed.standing(conn) == before
        for change, what in (
            ("DROP TRIGGER append_only ON partitions.ledger_transfer_1", "trigger append_only on ledger_transfer_N"),
            ("DROP INDEX partitions.ledger_transfer_1_resolves", "unique index ledger_transfer_N_resolves"),
            ("ALTER TABLE partitions.payment_1 DISABLE TRIGGER checkout_back", "trigger checkout_back on payment_N"),
            ("GRANT UPDATE ON partitions.payment_1 TO yifen_web", "right of yifen_web to table payment_N"),
            ("CREATE TABLE partitions.odd (a integer)", "table odd"),
        ):
            with conn.transaction(force_rollback=True):
                conn.execute(change.encode())
                now = installed.standing(conn)
                differ = {key.split(" ", 1)[1] for key in before.keys() | now.keys() if before.get(key) != now.get(key)}
                assert differ == {what}
        conn.rollback()


def test_charges_go_on_while_a_month_begins(place: tuple[Database, World]) -> None:
    database, hub = place
    for n in range(4):
        hub.owe("WATER", f"C{n}", "O1", 0, "open", min_fen=1)
    hub.charge("S0", {"B1": 1000})
    stop = Event()

    def charge(n: int) -> int:
        own, count = copy(hub), 0
        with psycopg.connect(database.app_url, autocommit=True) as own.conn:
            while not stop.is_set():
                with suppress(psycopg.errors.CheckViolation):  # just begun, not known here yet: a lane sends it again
                    assert own.charge(f"C{n}-{count}", {"O1": 100}, account_no=f"C{n}").code is Code.OK
                    count += 1
        return count

    with ThreadPoolExecutor(4) as pool:
        counts = [pool.submit(charge, n) for n in range(4)]
        try:
            begun = [_when_booked(database, hub, month) for month in (DECEMBER, JANUARY)]
        finally:
            stop.set()
        total = sum(count.result() for count in counts)
    assert begun == [1, 2]
    per: dict[Any, Any] = dict(hub.rows("SELECT payment_id / 1000000000000, count(*) FROM payment GROUP BY 1"))
    assert (set(per), sum(per.values())) == ({0, 1, 2}, total + 1)
    assert problems(database) == []


def _when_booked(database: Database, hub: World, month: str) -> int | None:
    """Once something was booked in the partition of now."""
    before = hub.value("SELECT batch_no FROM ledger_head")
    for _ in range(1000):
        if hub.value("SELECT batch_no FROM ledger_head") > before + 3:
            return begin(database, month)
        sleep(0.005)
    raise AssertionError("nothing is booked")


def test_the_planner_hears_of_what_grew(place: tuple[Database, World]) -> None:
    database, hub = place
    hub.charge("S1", {"B1": 1000})
    with psycopg.connect(database.super_url, autocommit=True) as conn:
        conn.execute("SET session_replication_role = replica")
        assert conn.execute("SELECT payments_analyze_v1()").fetchone() == (0,)
        conn.execute("INSERT INTO ledger_batch SELECT 0, n, n, n, now(), '' FROM generate_series(10, 2000) n")
        conn.execute("ANALYZE partitions.ledger_batch_0")
        assert conn.execute("SELECT payments_analyze_v1()").fetchone() == (1,)
        assert conn.execute("SELECT reltuples FROM pg_class WHERE relname = 'ledger_batch'").fetchone() == (1992,)
        assert conn.execute("SELECT payments_analyze_v1()").fetchone() == (0,)
