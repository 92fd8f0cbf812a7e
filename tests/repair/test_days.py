"""The engine and repair together over three days: what was put right once is no difference again."""

from collections.abc import Iterator
from datetime import date, datetime, time

import pytest

from tests.conftest import NewBench
from tests.reconciliation.day import Day, Line
from tests.repair.bench import NIGHT, Bench
from yifen.hub.payments.verify import verify
from yifen.trades.reconciliation.repair import operations, queries


class Days(Day):
    """Bench and engine on the same rows; files of WX and GAS as the engine's suite writes them."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.world, self.lines = bench, bench.world, []
        self.describe("WX")
        self.describe("GAS", truth="ours")

    def agreed_day(self) -> date:
        """A day on which all agree: a payment at each biller. Answers the day, closed."""
        self.paid = [self.bench.pay(11), self.bench.pay(22, "GAS")]
        return self.bench.cut()

    def of(self, partner: str) -> list[Line]:
        """What a partner's file of that day says."""
        day, (water, gas) = self.bench.day, self.paid
        if partner == "GAS":
            return [line(str(gas.id), gas.fen, day)]
        return [line(one.serial, one.fen, day) for one in (water, gas)]

    def work_off(self) -> operations.Worked:
        return operations.work_off(self.bench.night, self.bench.hub, NIGHT)


@pytest.fixture
def days(new_bench: NewBench) -> Iterator[Days]:
    bench = new_bench()
    yield Days(bench)
    bench.close()


def line(serial: str, fen: int, day: date, kind: str = "sale", **fields: str) -> Line:
    return Line(serial, kind, fen, 0, datetime.combine(day, time(12)), **fields)


def test_three_days_end_with_nothing_open_and_every_fen_explained(days: Days):
    bench, before = days.bench, days.bench.balances()
    assert before == {}
    agreed, _lacking, doubled, short = (bench.pay(fen) for fen in (100, 200, 300, 400))
    late, never = (bench.pay(fen, "GAS", decided=False) for fen in (5_000, 6_000))
    account_no, _ = bench.owe(700)
    day = bench.cut()
    theirs = [
        line(agreed.serial, 100, day), line(doubled.serial, 300, day), line(doubled.serial, 300, day),
        line(short.serial, 399, day), line(f"S{account_no}", 700, day, account=account_no),
        line(late.serial, 5_000, day), line(never.serial, 6_000, day),
        line("UNKNOWN", 9, day, account="NOBODY"),
    ]  # fmt: skip
    assert days.reconcile(theirs, day).differences == {
        "ours_only": 1, "duplicate": 1, "amount": 1, "theirs_only": 2, "status": 2,
    }  # fmt: skip
    gas = [line(str(late.id), 5_000, day), line("77000", 3, day)]
    assert days.reconcile(gas, day, "GAS").differences == {"status": 2, "theirs_only": 1}
    assert days.work_off() == (6, 1, 0, 0, 3)
    left = queries.work_list(bench.conn, NIGHT.date(), None)
    assert [(row.partner, row.kind, row.serial, row.state) for row in left] == [
        ("WX", "amount", short.serial, "open"), ("WX", "status", late.serial, "open"),
        ("WX", "status", never.serial, "open"), ("GAS", "theirs_only", "77000", "waiting"),
    ]  # fmt: skip
    bench.approved(left[0].item_id, "suspend")
    assert days.work_off() == (2, 0, 0, 0, 0)  # the biller's word reached the channel's leg

    second = days.agreed_day()
    assert days.reconcile(days.of("WX"), second).differences == {"ours_only": 3}  # repair's own
    found = days.reconcile(days.of("GAS"), second, "GAS").differences
    assert found == {"ours_only": 1}
    money = bench.balances()
    assert days.work_off() == (4, 0, 0, 0, 1)
    assert bench.balances() == money
    told = queries.work_list(bench.conn, NIGHT.date(), None)
    assert [(row.serial, row.action, row.state) for row in told] == [("77000", "tell", "open")]
    bench.approved(told[0].item_id, "accept")

    third = days.agreed_day()
    assert days.reconcile(days.of("WX"), third).differences == {}
    assert days.reconcile(days.of("GAS"), third, "GAS").differences == {}
    assert queries.work_list(bench.conn, NIGHT.date(), None) == []
    assert_explained(bench, {
        "1121.WX": 100 + 300 + 300 + 399 + 700 + 5_000 + 6_000 + 9 + 2 * (11 + 22),  # as they say
        "2241.WATER": 100 + 300 + 400 + 700 + 2 * 11, "2241.GAS": 5_000 + 2 * 22,
        "2241.1.SUSPENSE": 300 + 6_000 + 9, "1221.1.SHORT": 1,
    })  # fmt: skip


def test_a_file_sent_again_repairs_nothing_twice(days: Days):
    bench = days.bench
    payment, (account_no, _) = bench.pay(200), bench.owe(700)
    day = bench.cut()
    theirs = [line(f"S{account_no}", 700, day, account=account_no)]
    days.reconcile(theirs, day)
    assert days.work_off() == (2, 0, 0, 0, 0)
    money = bench.balances()
    days.reconcile([*theirs, line("NEW", 5, day)], day)
    assert days.work_off() == (
        2,
        0,
        0,
        0,
        0,
    )  # what was booked is found with its payment: it agrees
    moved = bench.moved(money)
    assert moved == {"1121.WX": (5, 0), "2241.1.SUSPENSE": (0, 5)}
    assert bench.world.states(payment.id) == ("refunded", "reversed")


def assert_explained(bench: Bench, nets: dict[str, int]) -> None:
    """What stands on each account, by its own side, nothing pending; the books prove themselves."""
    found = {}
    for code, (debit_held, debit, credit_held, credit) in bench.balances().items():
        assert (debit_held, credit_held) == (0, 0), code
        found[code] = debit - credit if code.startswith("1") else credit - debit
    assert found == nets
    assert verify(bench.conn).problems == []
    assert queries.unproved(bench.conn) == []
    standing = {"2241.1.SUSPENSE": 0, "1221.1.SHORT": 0}
    for row in queries.standing(bench.conn, 1):
        standing[row.account] += row.amount_fen
    assert standing == {code: nets[code] for code in standing}
