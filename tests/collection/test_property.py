"""Any week of demands, answers, payments elsewhere and a core that may be away: nobody pays twice, the core and the hub
agree, nothing is left out of anybody's hands."""

import os
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.collection.bench import MONDAY, Collect, at
from tests.corebank.bench import COMPANY, TRANSIT
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

EXAMPLES = 300 if os.environ.get("YIFEN_TESTS") == "all" else 6


def _charge(collect: Collect, account_no: str, ref: str, fen: int, serial: str) -> bool:
    """Somebody pays one bill at the counter."""
    from yifen.core.wire.messages import Charge, Line
    from yifen.face.shell.hub import local_hub

    code, _reply = local_hub().charge(
        "DESK",
        Charge(
            serial=serial,
            biller="POWER01",
            account_no=account_no,
            amount_fen=fen,
            lines=[Line(payable=ref, amount_fen=fen)],
            paid_at=collect.clock(),
        ),
    )
    assert code in (Code.OK, Code.PAYABLE_HELD, Code.ALREADY_PAID), code
    return code is Code.OK


@settings(max_examples=EXAMPLES, deadline=None, database=None)
@given(seed=st.integers(0, 10**9))
def test_nobody_pays_twice(collect: Collect, seed: int):
    dice = Random(seed)
    collect.to(at(MONDAY, 10))
    company, transit, owed, orders = (collect.balance(COMPANY), collect.ledger("2241.POWER01"), {}, [])
    elsewhere = 0
    for _ in range(3):
        bills = {f"P{number}": dice.choice([100, 2_500, 70_000, 10**11]) for number in range(dice.randint(1, 3))}
        mill = collect.owe(**bills)
        owed[mill] = (
            bills,
            collect.contract(
                mill, dice.choice(["entrusted", "check", "goods", "agreed"]), medium=dice.choice(["sms", ""])
            ),
        )
        orders.append((collect.demand(owed[mill][1]), mill))
    for day in range(6):
        collect.to(at(MONDAY + timedelta(days=day), dice.choice([8, 10, 23])))
        for mill, (bills, contract) in owed.items():
            for _ in range(2):
                act = dice.choice(["demand", "pay", "agree", "refuse", "some", "hand", "withdraw", "nothing"])
                mine = [order for order, whose in orders if whose == mill]
                order = dice.choice(mine) if mine else 0
                try:
                    if act == "demand":
                        orders.append(
                            (collect.demand(contract, *dice.sample(sorted(bills), dice.randint(1, len(bills)))), mill)
                        )
                    elif act == "pay":
                        ref = dice.choice(sorted(bills))
                        elsewhere += bills[ref] * _charge(
                            collect, mill, ref, bills[ref], f"E{seed}-{dice.randrange(10**9)}"
                        )
                    elif order and act in ("agree", "refuse"):
                        collect.link(order, act == "agree", "不认可")
                    elif order and act == "some":
                        collect.link(order, False, "其一", [1])
                    elif order and act == "hand":
                        from tests.web import site
                        from yifen.trades.collection.orders import told_by_hand

                        told_by_hand(
                            site.access(collect.finance),
                            collect.web,
                            order,
                            collect.one(order, "made_at::date"),
                            "",
                            collect.clock(),
                        )
                    elif order and act == "withdraw":
                        from tests.web import site
                        from yifen.trades.collection.orders import withdraw

                        withdraw(site.access(collect.staff), collect.web, order, "重开", collect.clock())
                except (Refused, KeyError):  # a rule's no, or a bill that is gone
                    pass
        collect.settle(dice.choice(["ok", "ok", "lost", "late"]))
    collect.to(at(MONDAY + timedelta(days=30), 10))
    collect.until_rest()
    booked = 0
    for order, _mill in orders:
        state, posted = collect.states(order)[0], collect.moved(order)
        taken = collect.one(order, "taken_fen") or 0
        assert state in ("booked", "returned", "out"), (seed, order, state)
        assert posted == ([(COMPANY, -taken), (TRANSIT, taken)] if state == "booked" else []), (seed, order)
        booked += taken if state == "booked" else 0
    for mill, (bills, _contract) in owed.items():
        assert all(paid in (0, bills[ref]) for ref, paid in collect.paid(mill).items()), seed
        if not any(collect.states(order)[0] == "out" for order, whose in orders if whose == mill):
            assert collect.kept(mill) == [], seed
    assert company - collect.balance(COMPANY) == booked, seed
    assert collect.ledger("2241.POWER01") - transit == booked + elsewhere, seed
    assert collect.altered() == [], seed


def test_the_small_sample_reaches_a_booking(collect: Collect):
    if not collect.rows("SELECT 1 FROM collection_order WHERE state = 'booked'"):
        pytest.fail("no seed of the sample booked anything: choose others")
