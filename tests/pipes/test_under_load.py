"""Events are found while payments are booked from several connections: every payment once, none missed."""

import threading
from datetime import datetime, timedelta

import psycopg

from tests.conftest import NewDatabase
from tests.pipes.piping import pipe
from tests.world import NOON, Database, World
from yifen.core.facts.processes import WORKER

CHARGES, EACH, BUCKETS = 3, 60, 4


def booked(database: Database, ids: dict[str, int], number: int) -> None:
    """One connection books, reverses every fifth, and gives a transaction up now and then."""
    with psycopg.connect(database.app_url) as conn:
        world = World.__new__(World)
        world.conn, world.buckets, world.ids = conn, database.buckets, ids
        world.now = NOON
        for place in range(EACH):
            account, serial = f"A{place % 7}", f"S{number}-{place}"
            world.charge(serial, {"O1": 100 + place}, account_no=account)
            conn.commit()
            if place % 5 == 0:
                world.reverse(f"V{number}-{place}", serial, 100 + place)
                conn.commit()
            if place % 9 == 0:
                world.charge(f"X{number}-{place}", {"O1": 100}, account_no=account)
                conn.rollback()  # its number is given to another


def test_every_payment_is_told_once_whatever_else_is_booked(new_database: NewDatabase):
    from yifen.trades.pipes import finding

    database = new_database(BUCKETS)
    with psycopg.connect(database.app_url) as conn:
        net = World(conn, BUCKETS)
        net.biller("WATER")
        net.channel("WX")
        net.admit("WX", "WATER")
        for place in range(7):
            net.owe("WATER", f"A{place}", "O1", 0, "open", min_fen=1, max_fen=10**6)
        for code in ("WX", "WATER"):
            pipe(net, code, "http://127.0.0.1:9/")

    def clock() -> datetime:
        return net.now + timedelta(seconds=1)

    with psycopg.connect(database.url(WORKER), autocommit=True) as worker:
        finding.find_all(worker, clock, lambda: False)
        charging = [threading.Thread(target=booked, args=(database, net.ids, number)) for number in range(CHARGES)]
        for thread in charging:
            thread.start()
        rounds = 0
        while any(thread.is_alive() for thread in charging):
            finding.find_all(worker, clock, lambda: False)
            rounds += 1
        with psycopg.connect(database.url(WORKER), autocommit=True) as another:  # the first one died
            finding.find_all(another, clock, lambda: False)
        counts = dict(worker.execute("SELECT kind, count(*) FROM pipe_event GROUP BY kind").fetchall())
        told = worker.execute(
            "SELECT count(DISTINCT data -> 'payment_id'), count(*) FROM pipe_event"
            " WHERE kind = 'payment.decided' AND partner_id = %s", (net.ids["WX"],)).fetchone()
        missing = worker.execute(
            "SELECT count(*) FROM payment p WHERE NOT EXISTS (SELECT FROM pipe_event e WHERE e.kind = 'payment.decided'"
            " AND e.partner_id = p.channel_id AND e.subject = p.payment_id::text)").fetchone()
    payments = CHARGES * EACH
    assert (told, missing, rounds > 3) == ((payments, payments), (0,), True)
    assert counts == {"payment.decided": 2 * payments, "payment.returned": 2 * CHARGES * EACH // 5}
