"""Whatever happens to a debt day by day, in any order: never two of a step, none after payment or against a hold, no
cut before
the legal days behind a notice that was served."""

import random
from datetime import date, timedelta

import pytest

from tests.arrears.debtor import DUE, Debtor
from tests.billing.town import Town

ACTS = (
    "message",
    "call",
    "letter",
    "notice",
    "serve",
    "cut",
    "pay",
    "part",
    "promise",
    "plan",
    "dispute",
    "settle",
    "went",
)


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_days_payments_and_holds(town: Town, seed: int) -> None:
    debtor, dice = Debtor(town), random.Random(seed)
    world, days, letters = town.world, 0, []
    for _ in range(34):
        days += dice.choice((0, 1, 3, 8, 15))
        debtor.after(days)
        before = debtor.next()
        done = world.value("SELECT count(*) FROM arrears_done")
        act = dice.choice(ACTS)
        if act in ("letter", "notice"):
            number = debtor.sheet(act)[1]
            letters += [number] if act == "notice" and number else []
        elif act == "serve":
            letters = letters or [0]
            debtor.served(letters[-1], DUE + timedelta(days=days - dice.choice((0, 1))))
        elif act in ("pay", "part"):
            owed = debtor.owed()
            if owed > 2 and not town.owed("A")[f"B{debtor.bill}"][3]:
                debtor.pay(owed if act == "pay" and dice.random() < 0.3 else owed // 3)
        elif act == "promise":
            until = DUE + timedelta(days=days + dice.choice((0, 5, 20)))
            debtor.called(
                "arrears_promise_v1", "maker01", debtor.customer, debtor.fee, until, 100, ""
            )
        elif act == "plan":
            owed = debtor.owed()
            debtor.plan([(DUE + timedelta(days=days + 10), owed)])
        elif act == "dispute":
            debtor.called(
                "arrears_dispute_v1", "maker01", debtor.customer, debtor.fee, [debtor.bill], "不对"
            )
        elif act == "settle":
            hold = world.value("SELECT max(hold_id) FROM arrears_hold WHERE kind = 'dispute'") or 0
            debtor.called("arrears_settle_v1", "checker01", hold, False, "核对无误")
        elif act == "went":
            debtor.went("cut", dice.choice(("ok", "no_access")))
        else:
            getattr(debtor, act)(*(("reached",) if act == "call" else ()))
        debtor.refresh()
        more = world.value("SELECT count(*) FROM arrears_done") - done
        assert more == 0 or (before[0], before[2]) == (act if act != "serve" else "notice", ""), (
            seed,
            act,
            before,
        )
        check(debtor)


def check(debtor: Debtor) -> None:
    """What holds at any time."""
    world = debtor.world
    assert (
        world.rows("SELECT bill_id, step_no FROM arrears_done GROUP BY 1, 2 HAVING count(*) > 1")
        == []
    )
    assert world.rows(
        "SELECT c.cut_id FROM arrears_cut c WHERE NOT EXISTS (SELECT FROM arrears_done o WHERE o.bill_id = c.bill_id"
        " AND o.kind = 'notice' AND o.how IN ('handed', 'posted', 'left')"
        " AND o.done_on + 15 <= (c.asked_at AT TIME ZONE 'Asia/Shanghai')::date)") == []  # fmt: skip
    assert world.rows(  # of whom nothing is owed nobody goes to cut
        "SELECT v.visit_id FROM visit v JOIN arrears_cut c ON v.asked_ref = 'C' || c.cut_id WHERE v.kind = 'cut'"
        " AND v.done_at IS NULL AND v.dropped_at IS NULL AND NOT EXISTS (SELECT FROM payable y WHERE y.state = 'open'"
        " AND y.ref = 'B' || c.bill_id)") == []  # fmt: skip
    kept = world.rows("SELECT oldest_bill, next_kind, next_on, why FROM arrears_debt")
    asked = world.rows(
        "SELECT oldest_bill, next_kind, next_on, why FROM arrears_next_v1(%s, %s)",
        debtor.town.biller,
        date(world.now.year, world.now.month, world.now.day),
    )
    assert kept == asked  # lists show what is so
