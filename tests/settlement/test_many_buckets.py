"""The same over four buckets and two connections at once: whole sums, each moved once."""

from collections.abc import Callable, Iterator
from threading import Barrier, Thread
from typing import Any

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.settlement.squared import Squared
from tests.world import DAY, NOON, Database
from yifen.core.facts.codes import Code
from yifen.hub.payments.verify import verify
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.operations import payouts
from yifen.trades.settlement.operations.commission import true_up
from yifen.trades.settlement.operations.settle import Settled, settle

ACCOUNTS = [f"P{number}" for number in range(12)]
PAID = sum(1000 + number for number in range(12))


@pytest.fixture
def squared(new_database: NewDatabase) -> Iterator[tuple[Database, Squared]]:
    """A closed day of WATER with money in several buckets, committed."""
    database = new_database(buckets=4)
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        world = Squared(conn, 4)
        world.network()
        world.merchant("HEAT")
        world.merchant("WATER")
        world.share("WATER", "HEAT", 500_000)
        world.agreement("WATER", period="month", min_fen=4000, payout=True)
        world.bank()
        world.payee("WATER")
        for number, account_no in enumerate(ACCOUNTS):
            world.pay("WATER", 1000 + number, account_no)
        world.cut()
        yield database, world


Act = Callable[[psycopg.Connection[Any]], Any]


def at_once(database: Database, *acts: Act) -> list[Any]:
    """Connections that start together, at least two; their answers in order, errors included."""
    acts = acts if len(acts) > 1 else acts * 2
    barrier, found = Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Act) -> None:
        with psycopg.connect(database.app_url, autocommit=True) as conn:
            barrier.wait()
            try:
                found[number] = act(conn)
            except psycopg.Error as error:
                found[number] = error

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_a_day_over_many_buckets_is_settled_once(squared: tuple[Database, Squared]) -> None:
    database, world = squared
    biller = world.ids["WATER"]
    used = world.value("SELECT count(DISTINCT bucket) FROM payment")
    assert used > 1
    found = at_once(database, lambda conn: settle(conn, biller, DAY, NOON))
    assert sorted(one.repeated for one in found) == [False, True]
    assert {(one.code, one.moved_fen, one.document_id) for one in found} == {
        (Code.OK, PAID, found[0].document_id)}  # fmt: skip
    fee = (PAID * 10_000 + 500_000) // 1_000_000
    half = (PAID - fee) // 2
    own = PAID - fee - half
    assert world.free() == {"1121.WX": -PAID, "6030.3002.1": fee, "2011.HEAT": half,
                            "2011.WATER": own}  # fmt: skip
    assert world.value("SELECT count(DISTINCT bucket) FROM ledger_transfer"
                       " WHERE reference_id < 0") == used  # fmt: skip


def test_payouts_of_many_buckets_are_one_payment_at_the_bank(
    squared: tuple[Database, Squared],
) -> None:
    database, world = squared
    biller = world.ids["WATER"]
    done = settle(world.conn, biller, DAY, NOON)
    on = world.value("SELECT payout_on FROM settlement")
    own = world.parts(done.document_id)["WATER", "own"]
    found = at_once(database, lambda conn: payouts.instruct(conn, biller, on, NOON))
    assert sorted(one.code for one in found) == [Code.OK, SettlementCode.NOTHING_DUE]
    (payout,) = [one for one in found if one.code is Code.OK]
    assert payout.amount_fen == own
    document = payout.document_id
    assert document is not None
    assert world.balances()["2011.WATER"][:2] == (own, PAID - own)
    assert payouts.mark(world.conn, document, "sent", NOON).changed
    marked = at_once(database, lambda conn: payouts.mark(conn, document, "done", NOON))
    assert sorted((one.code, one.changed) for one in marked) == [(0, False), (0, True)]
    assert world.free()["1002.ABC"] == own
    assert "2011.WATER" not in world.free()


def test_a_true_up_is_taken_from_several_buckets_once(squared: tuple[Database, Squared]) -> None:
    database, world = squared
    biller = world.ids["WATER"]
    settle(world.conn, biller, DAY, NOON)
    world.agreement("WATER", period="month", valid_from=world.value(
        "SELECT current_day FROM ledger_book"))  # fmt: skip
    found = at_once(database, lambda conn: true_up(conn, biller, DAY, NOON))
    fee = (PAID * 10_000 + 500_000) // 1_000_000
    assert {one.net_fen for one in found} == {4000 - fee}
    assert world.free()["6030.3002.1"] == 4000
    assert world.value("SELECT count(*) FROM commission WHERE reason = 'true_up'") == 1


def test_billers_that_share_with_each_other_are_settled_side_by_side(
    squared: tuple[Database, Squared],
) -> None:
    """Accounts that both would open, buckets that both lock, a cut and payments in between."""
    database, world = squared
    world.run("DELETE FROM merchant_split")
    world.merchant("GAS")
    for giver, taker in (("WATER", "HEAT"), ("HEAT", "WATER"), ("GAS", "WATER"), ("WATER", "GAS")):
        world.share(giver, taker, 400_000)
    for code in ("WATER", "HEAT", "GAS"):
        world.run("UPDATE biller SET endpoint = '', quote_ttl_s = NULL WHERE partner_id = %s",
                  world.ids[code])  # fmt: skip
        for account_no in ACCOUNTS[:6]:
            world.pay(code, 700, account_no)
    day = world.value("SELECT current_day FROM ledger_book")
    world.cut()
    assert settle(world.conn, world.ids["WATER"], DAY, NOON).code is Code.OK
    works = [world.charge_work(f"Z{n}", {f"L{n}": 50}, account_no=f"P{n}") for n in range(12)]
    for number in range(12):
        world.owe("WATER", f"P{number}", f"L{number}", 50)

    def pay(conn: psycopg.Connection[Any]) -> None:
        other = Squared.__new__(Squared)
        other.__dict__ |= world.__dict__ | {"conn": conn}
        for work in works:
            assert other.call([work])[0].code in (0, Code.BUSY)

    found = at_once(
        database, *(lambda conn, code=code: settle(conn, world.ids[code], day, NOON)
                    for code in ("WATER", "HEAT", "GAS")),
        pay, lambda conn: conn.execute("SELECT ledger_cut_day_v1(1, %s)", (day,)).fetchall(),
    )  # fmt: skip
    settled = [one for one in found if isinstance(one, Settled)]
    assert [(one.code, one.moved_fen) for one in settled] == [(0, 4200)] * 3, found
    assert not [one for one in found if isinstance(one, Exception)]
    assert sum(world.free().values()) == 0
    assert verify(world.conn).problems == []
