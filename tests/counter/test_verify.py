"""The teller's journal, changed by a superuser: verify names it."""

import psycopg
import pytest

from tests.counter.standing import Counter
from tests.repair.proposals import checker
from tests.web import site

CASES = {
    "amount_fen = 12344, change_fen = 7656": "amount_fen says 12344, payment {payment} 12345",
    "account_no = 'X'": "has another channel, biller, account or serial than payment {payment}",
    "serial = 'X'": "has another channel, biller, account or serial than payment {payment}",
    "teller_id = (SELECT min(id) FROM access_user)": "teller says ",
    "at = at + interval '1 s'": "at says 2026-11-",
    "state = 'reversed'": "is reversed, payment {payment} is taken",
    "payment_id = 999000": "is booked, its payment is not there",
}


@pytest.mark.parametrize("change", CASES)
def test_a_changed_entry_is_named(counter: Counter, change: str) -> None:
    from yifen.trades.counter.proof import altered

    counter.open()
    entry = counter.collect(tendered_fen=20_000)
    with psycopg.connect(counter.place.database.super_url) as conn:
        mine = f"counter_entry {entry.pk} "
        assert [line for line in altered(conn) if line.startswith(mine)] == []
        conn.execute("SET session_replication_role = replica")
        conn.execute(f"UPDATE counter_entry SET {change} WHERE id = {entry.pk}".encode())
        (named,) = [line for line in altered(conn) if line.startswith(mine)]
        assert CASES[change].format(payment=entry.payment_id) in named
        conn.rollback()


@pytest.mark.parametrize("whose", ["nobody's", "another payment's", "its own", "of an item that gave nothing back"])
def test_a_return_is_a_repairs_by_its_difference_and_not_by_its_serial(counter: Counter, whose: str) -> None:
    """`RC…` is what a repair calls its returns; whoever calls another one so hides nothing."""
    from yifen.trades.counter.proof import altered

    counter.open()
    entry = counter.collect(tendered_fen=20_000)
    back = counter.reverse(entry)
    with psycopg.connect(counter.place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        found = conn.execute(
            "INSERT INTO recon_item (run_id, partner_id, business_day, class, serial, payment_id, state, action,"
            " closed_at, opened_at) VALUES (1, %s, '2026-11-23', 'ours_only', 'S', %s, 'closed', %s, now(), now())"
            " RETURNING item_id", (counter.place.own.biller, entry.payment_id + (whose == "another payment's"),
                                   "refund" if whose[:2] != "of" else "accept")).fetchone()  # fmt: skip
        assert found is not None
        serial = "RC999999999" if whose == "nobody's" else f"RC{found[0]}-1"
        conn.execute("UPDATE payment_return SET serial = %s WHERE payment_id = %s", (serial, entry.payment_id))
        conn.execute("DELETE FROM counter_entry WHERE id = %s", (back.pk,))
        lines = [line for line in altered(conn) if f"payment {entry.payment_id} " in line]
        told = [f"counter_entry: a return of payment {entry.payment_id} has no booked entry"]
        assert lines == ([] if whose == "its own" else told)
        conn.rollback()


GONE = ("DELETE FROM counter_entry WHERE id = {id}", "UPDATE counter_entry SET state = 'draft' WHERE id = {id}")


@pytest.mark.parametrize("change", GONE, ids=["deleted", "a draft"])
@pytest.mark.parametrize("what", ["payment", "return"])
def test_a_payment_or_return_whose_entry_is_gone_is_named(counter: Counter, what: str, change: str) -> None:
    from yifen.trades.counter.proof import altered

    counter.open()
    entry = counter.collect(tendered_fen=20_000)
    told = f"payment {entry.payment_id} of teller {entry.teller.login} has no booked entry"
    if what == "return":
        told = f"a return of payment {entry.payment_id} has no booked entry"
        entry = counter.reverse(entry)
    with psycopg.connect(counter.place.database.super_url) as conn:
        mine = f"payment {entry.payment_id} "
        assert [line for line in altered(conn) if mine in line] == []
        conn.execute("SET session_replication_role = replica")
        conn.execute(change.format(id=entry.pk).encode())
        assert [line for line in altered(conn) if mine in line] == [f"counter_entry: {told}"]
        conn.rollback()


def test_what_a_chargeback_took_back_of_a_counter_payment_is_no_tellers(counter: Counter) -> None:
    """Two people agreed to it, the night carried it out: all books agree. Without its row the return is named."""
    from yifen.core.access import edge, second
    from yifen.hub.payments.verify import verify
    from yifen.trades.counter.proof import altered
    from yifen.trades.reconciliation.chargebacks import carrying, deciding

    counter.open()
    place, entry = counter.place, counter.collect(tendered_fen=20_000)
    finance = site.access(place.users["finance"])
    row = deciding.propose(finance, entry.payment_id, 12_345, "denied", "来函 7 号", edge.now())
    second.decide(site.access(checker(place)), row.pk, seen=bytes(row.shown or b"").hex(), yes=True, now=edge.now())
    with psycopg.connect(place.database.url("yifen_night"), autocommit=True) as conn:
        (number,) = carrying.unfinished(conn)
        assert carrying.carry_out(conn, counter.hub, number, edge.now()) == "done"
    assert counter.payments() == [(12_345, "returned", "reversed")]
    with psycopg.connect(place.database.app_url) as conn:
        assert verify(conn).problems == []
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("DELETE FROM recon_chargeback WHERE chargeback_id = %s", (number,))
        assert [line for line in altered(conn) if f"payment {entry.payment_id} " in line] == [
            f"counter_entry: a return of payment {entry.payment_id} has no booked entry"]  # fmt: skip
        conn.rollback()


@pytest.mark.parametrize(("change", "told"), [
    ("expected_fen = 1, counted_fen = 1", "expected_fen says 1, its opening, entries and deposits 62345"),
    ("expected_fen = 0, counted_fen = 0", "expected_fen says 0, its opening, entries and deposits 62345"),
    ("counted = '{\"100\": 1}'", "counted_fen says 62345, its pieces 100"),
])  # fmt: skip
def test_a_balanced_drawer_that_holds_something_else_is_named(counter: Counter, change: str, told: str) -> None:
    from yifen.trades.counter.proof import altered

    counter.open()
    counter.collect()
    shift = counter.close({10_000: 6, 2_000: 1, 100: 3, 10: 4, 5: 1})
    with psycopg.connect(counter.place.database.super_url) as conn:
        mine = f"counter_shift {shift.pk}"
        assert [line for line in altered(conn) if line.startswith(mine)] == []
        conn.execute("SET session_replication_role = replica")
        conn.execute(f"UPDATE counter_shift SET {change} WHERE id = {shift.pk}".encode())
        assert [line for line in altered(conn) if line.startswith(mine)] == [f"{mine} {told}"]
        conn.rollback()
