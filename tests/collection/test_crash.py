"""Killed between any two steps, and then left to the worker: paid once, or given back once, or nothing taken."""

from contextlib import suppress
from typing import Any

import psycopg
import pytest

from tests.checkout.test_crash import Frail, Fuse, Killed
from tests.collection.bench import MONDAY, Collect, at
from tests.corebank.bench import COMPANY, TRANSIT
from tests.deductions.test_crash import FrailConnection
from tests.sampling import stride
from yifen.trades.collection.codes import CollectionCode
from yifen.trades.collection.settle import Outside, advance


def dying(collect: Collect, order: int, steps: int) -> Fuse:
    """Every statement, and every call outside, is a step."""
    fuse = Fuse(steps)
    with psycopg.connect(collect.place.database.url("yifen_worker"), autocommit=True) as conn:
        real = collect.outside(conn)
        cores = real.cores._replace(
            conn=FrailConnection(conn, fuse), port=lambda core: Frail(real.cores.port(core), fuse)
        )
        with suppress(Killed):
            advance(Outside(cores, Frail(real.hub, fuse), real.tell), order, collect.clock())
    return fuse


@pytest.mark.parametrize("ends", ["booked", "refused by the hub", "short"])
def test_killed_between_any_two_steps(collect: Collect, ends: str):
    steps, seen = 0, set()
    while True:
        collect.to(at(MONDAY, 10))
        fen = 10**12 if ends == "short" else 700
        mill = collect.owe(B1=fen)
        order = collect.demand(collect.contract(mill, "agreed"))
        before = collect.balance(COMPANY)
        if ends == "refused by the hub":
            collect.owner("UPDATE admission SET active = false WHERE biller_id = %s", collect.biller)
        fuse = dying(collect, order, steps)
        collect.until_rest()
        if ends == "refused by the hub":
            collect.owner("UPDATE admission SET active = true WHERE biller_id = %s", collect.biller)
        state, code = collect.states(order)
        found: Any = (
            state,
            before - collect.balance(COMPANY),
            collect.paid(mill),
            collect.kept(mill),
            collect.moved(order),
        )
        assert (
            found
            == {
                "booked": ("booked", 700, {"B1": 700}, [], [(COMPANY, -700), (TRANSIT, 700)]),
                "refused by the hub": (
                    "returned",
                    0,
                    {"B1": 0},
                    [],
                    [(COMPANY, -700), (TRANSIT, 700), (TRANSIT, -700), (COMPANY, 700)],
                ),
                "short": ("returned", 0, {"B1": 0}, [], []),
            }[ends]
        ), (steps, code, found)
        seen.add(state)
        if fuse.left is not None and fuse.left >= 0:
            break
        steps += stride(5)
    assert steps > 3
    assert collect.altered() == []


@pytest.mark.parametrize("meets", ["late", "lost", "garbage"])
def test_a_core_that_does_not_answer_is_asked_until_it_says(collect: Collect, meets: str):
    mill = collect.owe(C1=900)
    order = collect.demand(collect.contract(mill, "agreed"))
    before = collect.balance(COMPANY)
    with collect.meeting(meets):
        advance(collect.outside(), order, collect.clock())
    assert collect.states(order)[0] == "paying"
    assert collect.kept(mill) == ["C1"]
    collect.until_rest()
    assert (collect.states(order), before - collect.balance(COMPANY)) == (("booked", None), 900)
    assert collect.moved(order) == [(COMPANY, -900), (TRANSIT, 900)]
    assert collect.altered() == []
    assert CollectionCode.COLLECTION_NOT_BOOKED == 9654
