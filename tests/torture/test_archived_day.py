"""A day of every kind of money leaves for the archive: what its documents say is compared as before, and named."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.endofday.network import DAY, Network
from tests.sql.test_archive import gone
from tests.torture.test_altered import problems
from tests.torture.test_superuser_changes import build
from yifen.core.facts.codes import Code
from yifen.hub.payments.archive.months import hindrances, months
from yifen.hub.payments.verify import documents_of_trades, verify
from yifen.night.reports.daily_proof import prove


@pytest.fixture(scope="module")
def network(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    network = Network(new_database(), Path(tmp_path_factory.mktemp("inbox")))
    build(network)
    yield network
    network.close()


def test_a_whole_day_goes_and_its_documents_are_proved_as_before(network: Network, tmp_path: Path) -> None:
    database, world = network.database, network.world
    owner = psycopg.connect(database.owner_url, autocommit=True)
    later = network.now + timedelta(days=500)
    begin = "SELECT payments_begin_partition_v1(%s)"
    assert owner.execute(begin, (network.now + timedelta(days=40),)).fetchone() == (1,)
    why = [text.en for text in hindrances(owner, months(owner), months(owner)[0], later, 13)]
    undecided = world.value("SELECT payment_id FROM payment WHERE serial = 'GAS2'")
    assert f"1 payments are undecided, as {undecided}" in why
    assert world.result(undecided, "rejected").code is Code.BILLER_REJECTED
    network.cut()
    assert world.refund("RW1", "W1", 100).code is Code.OK  # of a settled day, in the next month
    network.cut()
    owner.execute("SELECT payments_figure_day_v1(1, current_day - 1, now()) FROM ledger_book WHERE book_id = 1")
    assert problems(database) == []
    of_documents = "SELECT count(*) FROM ledger_transfer WHERE reference_id < 0 AND batch_no < 1000000000000"
    documents = world.value(of_documents)
    assert documents > 5
    archive = gone(owner, 0, tmp_path)
    assert problems(database) == []
    with psycopg.connect(database.super_url) as conn:
        assert verify(conn, (archive,)).problems == []
    assert owner.execute("SELECT count(*) FROM ledger_archive_transfer").fetchone() == (documents,)
    payout = world.value("SELECT document_id FROM payout")
    back = "SELECT code FROM payout_mark_v1(%s, 'returned', '', 'back', now(), NULL, true)"
    assert owner.execute(back, (payout,)).fetchone() == (Code.PERIOD_ARCHIVED,)
    for statement, named in (
        ("UPDATE refund_claim SET paid_fen = paid_fen + 1", "refund_claim -"),
        ("UPDATE settlement_part SET amount_fen = amount_fen + 1", "settlement -"),
        ("UPDATE payout SET amount_fen = 1", "payout -"),
        ("DELETE FROM recon_posting", "is missing; the ledger has transfers of it"),
        ("UPDATE ledger_archive_transfer SET amount_fen = amount_fen + 1",
         "transfers, the 0 that stand there are not they"),
    ):  # fmt: skip
        with psycopg.connect(database.super_url) as conn:
            conn.execute("SET session_replication_role = replica")
            assert conn.execute(statement.encode()).rowcount >= 1
            found = documents_of_trades(conn)
            assert [problem for problem in found if named in problem], (statement, found)
            conn.rollback()
    owner.close()


def test_the_daily_proof_holds_as_before(new_database: NewDatabase, tmp_path: Path) -> None:
    """Money of the month that is out, and not at the bank yet, explains its clearing account still."""
    (tmp_path / "inbox").mkdir()
    network = Network(new_database(buckets=3), tmp_path / "inbox")
    network.cut()
    network.send_lines(network.faulty())
    network.send_ours("POS")
    network.run()
    following = DAY + timedelta(days=1)
    with psycopg.connect(network.database.owner_url, autocommit=True) as owner:
        owner.execute("SELECT payments_begin_partition_v1(%s)", (network.now + timedelta(days=40),))
        network.now += timedelta(days=1)
        network.pay("POS", "N1", "WATER", 5_000)
        network.cut(following)
        owner.execute("SELECT payments_figure_day_v1(1, %s, now())", (following,))
        before = [prove(network.conn, 1, day) for day in (DAY, following)]
        gone(owner, 0, tmp_path)
        after = [prove(network.conn, 1, day) for day in (DAY, following)]
    # A biller's account is explained behind its last settlement, and a day that is not settled keeps its month here.
    explained = [[one for one in proof.accounts if one.role == "clearing"] for proof in before + after]
    assert explained[2:] == explained[:2]
    assert [one.difference_fen for accounts in explained for one in accounts] == [0] * 4 * len(explained[0])
    assert {line.what for one in explained[2] for line in one.lines} == {"arriving"}
    assert problems(network.database) == []
    network.close()
