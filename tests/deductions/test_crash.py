"""Killed between any two steps, and then left to the worker: booked once, or given back once, or nothing taken."""

from contextlib import contextmanager, suppress
from random import Random
from typing import Any

import psycopg
import pytest

from tests.checkout.test_crash import Frail, Fuse, Killed
from tests.deductions.counter_of_bank import BankCounter, port_of
from tests.sampling import stride
from yifen.trades.deductions import operations
from yifen.trades.deductions.settle import BankOutside, advance, settle


class FrailConnection(Frail):
    """Each statement is a step."""

    @property
    def info(self) -> Any:
        return self._real.info


@contextmanager
def dying(bank: BankCounter, role: str, steps: int | None):
    """Every statement and every call outside is a step; yields the fuse, the connection and whom it calls."""
    fuse = Fuse(steps)
    with psycopg.connect(bank.database.url(role), autocommit=True) as conn:
        def port(channel: int) -> Any:
            return Frail(port_of(conn, bank.ring, channel, bank.clock, 0.25), fuse)

        outside = BankOutside(Frail(bank.hub, fuse), port, bank.ring)
        with suppress(Killed):
            yield fuse, FrailConnection(conn, fuse), outside


def whole_way(bank: BankCounter, form: Any, steps: int | None) -> Fuse:
    with dying(bank, "yifen_web", steps) as (fuse, conn, outside):
        number = operations.ask(conn, outside.hub, bank.ring, form, "maker01", bank.clock())
        advance(conn, outside, number, bank.clock(), is_new=True)
    return fuse


@pytest.mark.parametrize("faster", [False, True], ids=["booked", "somebody was faster"])
def test_killed_between_any_two_steps(bank: BankCounter, faster):
    steps, seen = 0, set()
    while True:
        account_no, ref = bank.owe()
        form = bank.form(account_no, ref)
        number = form.deduction_no
        if faster:
            bank.bank.orders.append("slow")
        fuse = whole_way(bank, form, steps)
        if faster:
            bank.bank.orders.clear()
            bank.world.charge(f"X{account_no}", {ref: 12_345}, channel="OTHER", account_no=account_no)
        found = bank.until_rest(number), bank.held(number), bank.payments(number)
        assert found in (("none", 0, []), ("back", 0, []) if faster else ("booked", 12_345, [(12_345, "taken")])), steps
        seen.add(found[0])
        if fuse.left is not None and fuse.left >= 0:
            break
        steps += stride(3)
    assert seen == {"none", "back" if faster else "booked"}
    assert steps > (5 if faster else 12)


@pytest.mark.parametrize("seed", range(6))
def test_killed_again_and_again_while_it_is_settled(bank: BankCounter, seed):
    dice = Random(seed)
    account_no, ref = bank.owe()
    bank.bank.orders.append("lost")
    number = bank.ask(bank.form(account_no, ref))
    if refused := dice.random() < 0.5:
        bank.world.charge(f"X{account_no}", {ref: 12_345}, channel="OTHER", account_no=account_no)
    for _ in range(dice.randint(3, 8)):
        bank.clock.turn(60)
        with dying(bank, "yifen_worker", dice.randint(0, 14)) as (_fuse, conn, outside):
            settle(conn, outside, bank.clock())
    found = bank.until_rest(number), bank.held(number), bank.payments(number)
    assert found == (("back", 0, []) if refused else ("booked", 12_345, [(12_345, "taken")])), f"seed {seed}"
