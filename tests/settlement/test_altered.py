"""Documents of settlement altered behind the hub's back: verify names just the row."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.settlement.squared import NEXT, Squared
from tests.torture.test_altered import alter
from tests.world import DAY, NOON, Database
from yifen.hub.payments.verify import verify
from yifen.trades.settlement.operations import payouts, receipts
from yifen.trades.settlement.operations.commission import true_up

# WATER's day: 10,000 fen paid, commission 100, HEAT's share 4,950, a true-up of 50, a payout of
# 4,900 that is done, WX's money arrived.
CASES = {
    "amount of a settlement": (
        "UPDATE settlement SET moved_fen = moved_fen - 1",
        "settlement {settlement} moved 9999 and passed on 4950 fen, its transfers 14950"),
    "parts of a settlement": (
        "UPDATE settlement_part SET amount_fen = amount_fen + 1 WHERE reason = 'own'",
        "settlement {settlement} has parts of 10001 fen, it moved 10000"),
    "biller of a settlement": (
        "UPDATE settlement SET biller_id = (SELECT id FROM partner WHERE code = 'GAS')",
        "settlement {settlement} did not take its money from the transit account of biller {GAS}"),
    "figures of a settlement": (
        "UPDATE settlement SET payments = 2",
        "settlement {settlement} counts 2 payments of 10000 fen, the books 1 of 10000"),
    "deleted settlement": (
        "DELETE FROM settlement", "commission {day} charges 100 fen, its settlement says nothing"),
    "commission of the day": (
        "UPDATE commission SET fee_fen = 99 WHERE reason = 'day'",
        "commission {day} charges 99 fen, its transfers 100"),
    "true-up": (
        "UPDATE commission SET fee_fen = -51 WHERE reason = 'true_up'",
        "commission {true_up} charges -51 fen, its transfers 50"),
    "deleted true-up": (
        "DELETE FROM commission WHERE reason = 'true_up'",
        "document {true_up} is missing; the ledger has transfers of it"),
    "amount of a payout": (
        "UPDATE payout SET amount_fen = 1", "payout {payout} pays 1 fen, its transfers 4900"),
    "state of a payout": (
        "UPDATE payout SET state = 'unknown'",
        "payout {payout} is unknown, its transfers say otherwise"),
    "payout declared returned": (
        "UPDATE payout SET state = 'returned'",
        "payout {payout} is returned, its transfers say otherwise"),
    "accounts of a payout": (
        "UPDATE payout SET debit_id = 999",
        "payout {payout} has transfers between other accounts"),
    "last event of a payout": (
        "DELETE FROM payout_event WHERE state = 'done'",
        "payout {payout} is done, its last event says otherwise"),
    "deleted payout": (
        "DELETE FROM payout", "document {payout} is missing; the ledger has transfers of it"),
    "amount of a receipt": (
        "UPDATE receipt SET net_fen = 10003, gross_fen = 10010",
        "receipt {receipt} is arrived with 10003 and 7 fen, its transfers 10000"),
    "receipt declared expected": (
        "UPDATE receipt SET state = 'expected'",
        "receipt {receipt} is expected with 9993 and 7 fen, its transfers 10000"),
}  # fmt: skip


@pytest.fixture(scope="module")
def template(new_database: NewDatabase) -> tuple[Database, dict[str, int]]:
    """The books that are altered, and the numbers of their documents."""
    database = new_database()
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        world = Squared(conn)
        world.network()
        world.merchant("HEAT")
        world.merchant("WATER")
        world.share("WATER", "HEAT", 500_000)
        world.agreement("WATER", period="month", min_fen=150, payout=True)
        world.agreement("WATER", valid_from=NEXT)
        world.bank()
        world.payee("WATER")
        world.pay("WATER", 10_000)
        world.cut()
        done = world.settle("WATER")
        assert done.document_id is not None
        closed = true_up(conn, world.ids["WATER"], DAY, NOON)
        assert closed is not None
        paid = payouts.instruct(conn, world.ids["WATER"], NEXT, NOON)
        assert paid.amount_fen == 4900
        assert paid.document_id is not None
        for state in ("sent", "done"):
            payouts.mark(conn, paid.document_id, state, NOON)  # type: ignore[arg-type]
        world.keeps("WX", 7)
        came = receipts.expect(conn, world.ids["WX"], DAY, world.ids["ABC"], 7, NEXT, NOON)
        assert came.document_id is not None
        world.shows(came.document_id)
        receipts.arrived(conn, came.document_id, NEXT, NOON)
        day = world.value("SELECT document_id FROM commission WHERE reason = 'day'")
        names = {"settlement": done.document_id, "day": day, "true_up": closed.document_id or 0,
                 "payout": paid.document_id, "receipt": came.document_id,
                 "GAS": world.ids["GAS"]}  # fmt: skip
    return database, names


@pytest.fixture
def books(template: tuple[Database, dict[str, int]]) -> Iterator[tuple[Database, dict[str, int]]]:
    """A copy of them."""
    source, names = template
    admin = source.super_url.rpartition("/")[0] + "/postgres"
    with psycopg.connect(admin, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE altered_settlement TEMPLATE {source.name} STRATEGY FILE_COPY"
                     " OWNER yifen_owner")  # fmt: skip
        conn.execute("REVOKE TEMPORARY ON DATABASE altered_settlement FROM PUBLIC")  # no clone has that
    urls = [url.replace(f"/{source.name}", "/altered_settlement") for url in source[:3]]
    yield Database(*urls, source.buckets), names
    with psycopg.connect(admin, autocommit=True) as conn:
        conn.execute("DROP DATABASE altered_settlement")


def problems(database: Database) -> list[str]:
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        return verify(conn).problems


def test_untouched_documents_are_in_order(books: tuple[Database, dict[str, int]]) -> None:
    assert problems(books[0]) == []


@pytest.mark.parametrize("case", CASES)
def test_the_altered_document_is_named(books: tuple[Database, dict[str, int]], case: str) -> None:
    database, names = books
    statement, named = CASES[case]
    alter(database, statement)
    assert named.format(**names) in problems(database)


def test_the_app_role_writes_none_of_it(books: tuple[Database, dict[str, int]]) -> None:
    with psycopg.connect(books[0].app_url, autocommit=True) as conn:
        for table in ("settlement", "settlement_part", "commission", "payout", "payout_event",
                      "payout_file", "receipt"):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(f"DELETE FROM {table}")
        for call in ("settlement_post_v1(0::smallint, now(), '{}', '{}', '{}', '{}', '{}', '{}',"
                     " '{}', '{}', current_date)",
                     "payout_resolve_v1(NULL, 'post', now())"):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(f"SELECT {call}")
