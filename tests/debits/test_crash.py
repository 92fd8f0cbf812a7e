"""Killed between any two steps, then left to the worker: nobody pays twice, nothing is lost, the result is the same."""

from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

import psycopg

from tests.checkout.test_crash import Frail, Fuse, Killed
from tests.debits.bench import DebitBench
from tests.deductions.test_crash import FrailConnection
from tests.sampling import stride
from yifen.core.facts.codes import Code
from yifen.hub.corebank.operations import Cores
from yifen.trades.debits.running import DebitSides, advance


@contextmanager
def dying(bench: DebitBench, steps: int | None) -> Any:
    """Every statement and every call of the core or the hub is a step; yields the fuse and the sides."""
    fuse = Fuse(steps)
    with psycopg.connect(bench.place.database.url("yifen_worker"), autocommit=True) as conn:
        real = bench.cores(conn)
        cores = Cores(FrailConnection(conn, fuse), lambda core_id: Frail(real.port(core_id), fuse), bench.ring)  # type: ignore[arg-type, return-value]
        with suppress(Killed):
            yield fuse, DebitSides(cores, Frail(bench.hub, fuse))  # type: ignore[arg-type]


def test_killed_between_any_two_steps(bench: DebitBench):
    steps = 0
    while True:
        (rich, card), (poor, other), (gone, third) = (bench.payer(fen, A=100) for fen in (150, 50, 100))
        batch = bench.send(bench.written([(rich, card, 100), (poor, other, 100), (gone, third, 100)]))
        bench.checked(batch)
        bench.owner("UPDATE payable SET state = 'withdrawn' WHERE account_no = %s", gone)  # the hub will not have it
        with dying(bench, steps) as (fuse, sides):
            advance(sides, batch, bench.clock)
        for _ in range(3):
            bench.clock.turn(61)
            state = bench.run(batch)
        assert (state, [state for state, *_ in bench.items(batch)]) == ("done", ["booked", "failed", "failed"]), steps
        assert [bench.books.balances()[one] for one in (card, other, third)] == [50, 50, 100], steps
        assert [len(bench.paid(one)) for one in (rich, poor, gone)] == [1, 0, 0], steps
        before = bench.result(batch)
        assert (bench.run(batch), bench.result(batch)) == ("done", before)
        if fuse.left is not None and fuse.left >= 0:
            break
        steps += stride(9)
    assert (steps > 20, bench.kept(), bench.altered()) == (True, 0, [])


def test_killed_while_a_file_is_taken_in_nothing_of_it_is_there(bench: DebitBench):
    from yifen.trades.debits import files

    customer, card = bench.payer(100, A=100)
    data = bench.written([(customer, card, 100)])
    for steps in range(8):
        fuse = Fuse(steps)
        with psycopg.connect(bench.place.database.url("yifen_web"), autocommit=True) as conn, suppress(Killed):
            files.take_in(FrailConnection(conn, fuse), bench.ring, bench.session, bench.biller, "DK-kill.txt", data,  # type: ignore[arg-type]
                          bench.clock())  # fmt: skip
        rows = bench.rows("SELECT state, (SELECT count(*) FROM debit_item i WHERE i.batch_id = b.batch_id)"
                          " FROM debit_batch b WHERE name = 'DK-kill.txt'")  # fmt: skip
        assert rows in ([], [("checking", 1)]), steps
    assert bench.run(bench.send(data, "DK-kill.txt")) == "done"


def test_counter_and_batch_at_the_same_moment_one_of_them_pays(bench: DebitBench):
    payers = [bench.payer(1_000, A=100) for _ in range(12)]
    batch = bench.send(bench.written([(customer, card, 100) for customer, card in payers]))
    codes: dict[str, Code] = {}

    def counter() -> None:
        for customer, _ in payers:
            codes[customer] = bench.charged(customer, "A", 100)

    desk = Thread(target=counter)
    desk.start()
    state = bench.run(batch)
    desk.join()
    if state == "checked":
        bench.let_go(batch)
    assert bench.run(batch) == "done"
    for (customer, card), (state, *_) in zip(payers, bench.items(batch), strict=True):
        assert len(bench.paid(customer)) == 1
        assert bench.books.balances()[card] == (900 if state == "booked" else 1_000)
        assert (codes[customer] is Code.OK) == (state == "refused")
    assert (bench.kept(), bench.altered()) == (0, [])
