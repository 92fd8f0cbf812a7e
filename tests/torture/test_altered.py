"""Rows altered behind the hub's back by a superuser: verify names just the row."""

import json
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.sampling import sampled
from tests.torture.traffic import committed
from tests.world import DAY, Database
from yifen.core.audit import verify as trail
from yifen.core.ledger import verify as ledger
from yifen.core.ledger.chain import GENESIS
from yifen.hub.payments.verify import verify

ROOT = Path(__file__).resolve().parents[2]

# Booked below: payments 1 and 2 of one line, 3 of two lines, the cut, 4, and the contra of 4.
# ACCOUNT is WX's clearing account, PAID what stood on it at the cut.
CASES: dict[str, tuple[str, str]] = {
    "amount of a transfer": (
        "UPDATE ledger_transfer SET amount_fen = amount_fen + 1 WHERE transfer_no = 2",
        "ledger_transfer bucket 0 transfer_no 2 was altered after it was sealed",
    ),
    "amount and digest of a transfer": (
        "UPDATE ledger_transfer SET amount_fen = 7, digest = sha256(convert_to(concat_ws('|',"
        " bucket, transfer_no, batch_no, kind, debit_id, credit_id, 7, 0, 0, reference_id,"
        " detail_id, business_day - DATE '1970-01-01', seal), 'UTF8')) WHERE transfer_no = 2",
        "ledger_batch bucket 0 batch_no 2 does not follow from the chain before it",
    ),
    "swapped accounts": (
        "UPDATE ledger_transfer SET debit_id = credit_id, credit_id = debit_id"
        " WHERE transfer_no = 4",
        "ledger_transfer bucket 0 transfer_no 4 was altered after it was sealed",
    ),
    "business day of a transfer": (
        "UPDATE ledger_transfer SET business_day = business_day + 1 WHERE transfer_no = 1",
        "ledger_transfer bucket 0 transfer_no 1 was altered after it was sealed",
    ),
    "deleted transfer": (
        "DELETE FROM ledger_transfer WHERE transfer_no = 3",
        "ledger_transfer bucket 0 transfer_no 3 is missing",
    ),
    "deleted last transfer": (
        "DELETE FROM ledger_transfer WHERE transfer_no = 6",
        "ledger_transfer bucket 0 transfer_no 6 is missing",
    ),
    "inserted transfer": (
        "INSERT INTO ledger_transfer SELECT bucket, 7, 6, kind, debit_id, credit_id, amount_fen,"
        " NULL, NULL, reference_id, detail_id, business_day, digest FROM ledger_transfer"
        " WHERE transfer_no = 2",
        "ledger_transfer bucket 0 transfer_no 7 belongs to no batch",
    ),
    "transfer inserted in the last batch": (
        "INSERT INTO ledger_transfer SELECT bucket, 7, 5, kind, debit_id, credit_id, amount_fen,"
        " NULL, NULL, 4000, detail_id, business_day, sha256(convert_to(concat_ws('|', bucket, 7,"
        " 5, kind, debit_id, credit_id, amount_fen, 0, 0, 4000, detail_id,"
        " business_day - DATE '1970-01-01'), 'UTF8')) FROM ledger_transfer WHERE transfer_no = 5",
        "ledger_transfer bucket 0 transfer_no 7 is missing or stands in another batch",
    ),
    "batch hash": (
        "UPDATE ledger_batch SET hash = sha256('x') WHERE batch_no = 2",
        "ledger_batch bucket 0 batch_no 2 does not follow from the chain before it",
    ),
    "time of a batch": (
        "UPDATE ledger_batch SET booked_at = booked_at - interval '1 us' WHERE batch_no = 1",
        "ledger_batch bucket 0 batch_no 1 does not follow from the chain before it",
    ),
    "range of a batch": (
        "UPDATE ledger_batch SET first_no = 1 WHERE batch_no = 2",
        "ledger_batch bucket 0 batch_no 2 does not begin at transfer_no 2",
    ),
    "deleted batch": (
        "DELETE FROM ledger_batch WHERE batch_no = 2",
        "ledger_batch bucket 0 batch_no 2 is missing",
    ),
    "head": (
        "UPDATE ledger_head SET transfer_no = transfer_no + 1",
        "ledger_head bucket 0 does not stand at the end of its chain",
    ),
    "balance": (
        "UPDATE ledger_balance SET debit_posted_fen = debit_posted_fen + 1"
        " WHERE account_id = {account}",
        "ledger_balance bucket 0 account_id {account} says [0, 11502, 0, 500],"
        " its transfers [0, 11501, 0, 500]",
    ),
    "deleted balance": (
        "DELETE FROM ledger_balance WHERE account_id = {account}",
        "ledger_balance bucket 0 account_id {account} says None,"
        " its transfers [0, 11501, 0, 500]",
    ),
    "day balance": (
        "UPDATE ledger_day_balance SET debit_posted_fen = 1 WHERE account_id = {account}",
        "ledger_day_balance bucket 0 day 2026-11-23 account_id {account} says [0, 1, 0, 0],"
        " its transfers [0, 11001, 0, 0]",
    ),
    "deleted day balance": (
        "DELETE FROM ledger_day_balance WHERE account_id = {account}",
        "ledger_day_balance bucket 0 day 2026-11-23 account_id {account} says None,"
        " its transfers [0, 11001, 0, 0]",
    ),
    "day head": (
        "UPDATE ledger_day_head SET hash = sha256('x')",
        "ledger_day_head bucket 0 day 2026-11-23 was altered",
    ),
    "amount of a payment": (
        "UPDATE payment SET amount_fen = amount_fen - 1 WHERE payment_id = 2000",
        "payment 2000 has another amount than its transfers: 1999 against 2000 fen",
    ),
    "deleted payment": (
        "DELETE FROM payment WHERE payment_id = 3000",
        "payment 3000 is missing; the ledger has transfers of it",
    ),
    "inserted payment": (
        "INSERT INTO payment SELECT bucket, 9000, channel_id, biller_id, account_no, 'FORGED',"
        " amount_fen, payer_state, biller_state, business_day,"
        " paid_at, booked_at FROM payment WHERE payment_id = 1000",
        "payment 9000 has no transfer in the ledger",
    ),
    "payment declared returned": (
        "UPDATE payment SET payer_state = 'returned' WHERE payment_id = 1000",
        "payment 1000 has payer state returned, its transfers say otherwise",
    ),
    "returned payment declared taken": (
        "UPDATE payment SET payer_state = 'taken' WHERE payment_id = 4000",
        "payment 4000 has payer state taken, its transfers say otherwise",
    ),
    "payment declared undecided": (
        "UPDATE payment SET booked_at = NULL, payer_state = 'held' WHERE payment_id = 1000",
        "payment 1000 is not booked but its transfers are, or has another amount",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def template(new_database: NewDatabase) -> tuple[Database, int]:
    """The books that are altered, and the account whose balances are."""
    database = new_database()
    with committed(database) as world:
        assert world.charge("S1", {"B1": 1000}).payment_id == 1000
        assert world.charge("S2", {"B2": 2000}).payment_id == 2000
        assert world.charge("S3", {"P1": 3001, "O1": 5000}).payment_id == 3000
        world.cut(DAY)
        assert world.charge("S4", {"P1": 500}).payment_id == 4000
        assert world.reverse("R4", "S4", 500).code == 0
        account = world.account("1121.WX")
        head = world.rows("SELECT transfer_no, batch_no FROM ledger_head")
        assert head == [(6, 5)]
    return database, account


@pytest.fixture
def books(template: tuple[Database, int]) -> Iterator[tuple[Database, int]]:
    """A copy of them."""
    source, account = template
    names = (source.super_url.rpartition("/")[2], "altered")
    admin = source.super_url.rpartition("/")[0] + "/postgres"
    with psycopg.connect(admin, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {names[1]} TEMPLATE {names[0]} OWNER yifen_owner STRATEGY FILE_COPY")
        conn.execute(f"REVOKE TEMPORARY ON DATABASE {names[1]} FROM PUBLIC")  # no clone has that
    urls = [url.replace(f"/{names[0]}", f"/{names[1]}") for url in source[:3]]
    yield Database(*urls, source.buckets), account
    with psycopg.connect(admin, autocommit=True) as conn:
        conn.execute(f"DROP DATABASE {names[1]}")


def alter(database: Database, *statements: Any) -> None:
    """As a superuser would who turns the triggers off."""
    with psycopg.connect(database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        for statement in statements:
            assert conn.execute(statement).rowcount == 1


def problems(database: Database) -> list[str]:
    with psycopg.connect(database.app_url) as conn:
        return verify(conn).problems


def test_untouched_books_are_in_order(books: tuple[Database, int]) -> None:
    with psycopg.connect(books[0].app_url) as conn:
        (entries,) = conn.execute("SELECT count(*) FROM audit_entry").fetchone()
        conn.rollback()
        assert entries > 20  # the network that was registered, and the cut
        assert verify(conn) == (6, 5, entries, [])


@pytest.mark.parametrize("case", sampled(list(CASES), 2))
def test_the_altered_row_is_named(books: tuple[Database, int], case: str) -> None:
    database, account = books
    statement, named = (text.format(account=account) for text in CASES[case])
    alter(database, statement)
    found = problems(database)
    assert found[:1] == [named]
    hanging = ("payment", "payable", "ledger_day_head book 1 ")  # on that row
    assert [p for p in found[1:] if not p.startswith(hanging)] == []


def test_a_chain_forged_from_end_to_end_no_longer_fits_the_closed_day(
    books: tuple[Database, int],
) -> None:
    """Amount, digest, every later hash, head, balances and payment, all made to agree: what was
    kept at the cut, and every partner has in its file, does not."""
    database, _ = books
    alter(
        database,
        "UPDATE ledger_transfer SET amount_fen = 900 WHERE transfer_no = 1",
        "UPDATE payment SET amount_fen = 900 WHERE payment_id = 1000",
    )
    of = "(SELECT account_id FROM ledger_account WHERE code = '{}')"
    alter(
        database,
        "UPDATE ledger_balance SET debit_posted_fen = debit_posted_fen - 100"
        f" WHERE account_id = {of.format('1121.WX')}",
        "UPDATE ledger_balance SET credit_posted_fen = credit_posted_fen - 100"
        f" WHERE account_id = {of.format('2241.WATER')}",
    )
    with psycopg.connect(database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        forge_chain(conn)
    found = problems(database)
    assert found[0] == "ledger_day_head bucket 0 day 2026-11-23 was altered"
    days, bills = found[1:3], found[3:]
    assert all(text.startswith("ledger_day_balance bucket 0 day 2026-11-23") for text in days)
    assert [text.partition(" ")[2][4:] for text in bills] == [" paid_fen says 1000, its transfers 900"]


def forge_chain(conn: psycopg.Connection[Any]) -> None:
    """Digest and hash everything anew, as the ledger would have."""
    text = (
        "concat_ws('|', bucket, transfer_no, batch_no, kind, debit_id, credit_id, amount_fen,"
        " coalesce(pending_no, 0), coalesce(reverses_no, 0), reference_id, detail_id,"
        " business_day - DATE '1970-01-01', seal)"
    )
    conn.execute(f"UPDATE ledger_transfer SET digest = sha256(convert_to({text}, 'UTF8'))")
    last = GENESIS
    for number, head, digests in conn.execute(
        "SELECT b.batch_no, concat_ws('|', b.bucket, b.batch_no, first_no, last_no,"
        " (extract(epoch FROM booked_at) * 1000000)::bigint),"
        " (SELECT string_agg(t.digest, ''::bytea ORDER BY transfer_no) FROM ledger_transfer t"
        "  WHERE t.batch_no = b.batch_no)"
        " FROM ledger_batch b ORDER BY b.batch_no"
    ).fetchall():
        last = sha256(last + head.encode() + digests).digest()
        conn.execute("UPDATE ledger_batch SET hash = %s WHERE batch_no = %s", (last, number))
    conn.execute("UPDATE ledger_head SET hash = %s", (last,))


def test_the_command_says_so_and_fails(books: tuple[Database, int]) -> None:
    database, _ = books

    def run() -> tuple[int, list[str]]:
        done = subprocess.run(
            [ROOT / "yifen", "verify", "--json"],
            env=database.environment(),
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout.splitlines()

    code, lines = run()
    assert code == 0
    assert lines[0].endswith("the books are as they were sealed")
    assert json.loads(lines[-1])["audit_entries"] > 20
    statement, named = CASES["amount of a transfer"]
    alter(database, statement)
    code, lines = run()
    assert (code, lines[0]) == (1, f"ALTERED: {named}")
    told = json.loads(lines[-1])
    assert (told["ok"], told["problems"][0]) == (False, named)


def test_verify_reads_in_pieces_and_books_change_meanwhile(
    books: tuple[Database, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each statement has a snapshot of its own: none keeps the versions of rows for those after it."""
    database, _account = books
    seen: list[Any] = []
    plain_lines = ledger._lines

    def lines(copy: Any) -> Iterator[list[bytes]]:
        with psycopg.connect(database.super_url) as other:
            seen.extend(other.execute(
                "SELECT backend_xmin::text FROM pg_stat_activity WHERE application_name = 'verify'"
            ).fetchall())
            other.execute("UPDATE ledger_balance SET debit_posted_fen = debit_posted_fen")
        yield from plain_lines(copy)

    monkeypatch.setattr(ledger, "_lines", lines)
    monkeypatch.setattr(ledger, "PIECE", 2)
    monkeypatch.setattr(trail, "PIECE", 5)
    with psycopg.connect(database.app_url, application_name="verify") as conn:
        found = verify(conn)
    assert found.problems == []
    assert (found.transfers, found.batches) == (6, 5)
    assert seen == [(None,)] * (3 + 3)  # two rows a piece of five batches and six transfers
