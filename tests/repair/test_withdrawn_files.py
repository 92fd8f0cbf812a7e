"""A file that moved money is withdrawn: the money stays and is listed, nothing goes on by itself, the books prove
themselves, and the right file is compared anew."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Thread

import psycopg
import pytest

from tests.conftest import NewBench
from tests.reconciliation.day import Line
from tests.repair.bench import NIGHT
from tests.repair.test_days import Days, line
from yifen.core.facts.refused import Refused
from yifen.hub.gaps import gaps
from yifen.hub.payments.verify import verify
from yifen.trades.reconciliation import runs
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.profile import read_profile
from yifen.trades.reconciliation.repair import operations, queries

AGO = NIGHT - timedelta(minutes=1)


@pytest.fixture
def days(new_bench: NewBench) -> Iterator[Days]:
    bench = new_bench()
    yield Days(bench)
    bench.close()


def withdraw(days: Days, file_id: int, conn: psycopg.Connection | None = None) -> int:
    with days.bench.conn.transaction():
        days.world.two_people("recon.withdraw", str(file_id), {"file": file_id})
        return int(days.world.value("SELECT recon_withdraw_v1(%s, %s)", file_id, AGO))


def newest(days: Days) -> int:
    return int(days.world.value("SELECT max(file_id) FROM recon_file"))


def owed(days: Days) -> int:
    """What the channel owes for its day by differences: as receipts reckon it."""
    return int(days.world.value(
        "SELECT coalesce(sum(recon_difference_v1(i)), 0) FROM recon_item i WHERE i.closed_by IS DISTINCT FROM 'gone'"
        " AND i.business_day = (SELECT min(business_day) FROM recon_item) AND NOT EXISTS (SELECT FROM recon_run v"
        " WHERE v.run_id = i.run_id AND v.void_at IS NOT NULL)"))  # fmt: skip


def test_pages_and_gaps_say_that_the_evidence_was_withdrawn_of_what_stays(days: Days):
    right, _, day = of_the_day(days)
    kept, back = (days.world.value("SELECT payment_id FROM payment WHERE amount_fen = %s", fen) for fen in (100, 200))

    def says() -> list[tuple[str, str]]:
        return [(found.has, found.word) for payment in (kept, back)
                for found in queries.who_has_it(days.bench.conn, payment) if found.party == "channel"]  # fmt: skip

    def parked() -> list[tuple[int, int, str]]:
        return [(gap.count, gap.fen, gap.zh[-8:]) for gap in gaps(days.bench.conn, 1, day) if gap.reason == "parked"]

    assert says() == [("differs", "duplicate"), ("no", "ours_only")]
    assert [row[:2] for row in parked()] == [(1, 100), (1, 9)]
    assert not any("撤回" in row[2] for row in parked())
    assert withdraw(days, newest(days)) == 0
    assert says() == [("withdrawn", "")] * 2
    assert parked() == [(1, 100, "挂账，其文件已撤回"[-8:]), (1, 9, "挂账，其文件已撤回"[-8:])]
    days.reconcile(right, day)
    assert says() == [("yes", "")] * 2  # given back on the next day: this day has both


def of_the_day(days: Days) -> tuple[list[Line], Line, object]:
    """Two payments, of which the wrong file lacks one and has the other twice, and a stranger's line."""
    kept, lacking = days.bench.pay(100), days.bench.pay(200)
    day = days.bench.cut()
    right = [line(kept.serial, 100, day), line(lacking.serial, 200, day)]
    days.reconcile([right[0], right[0], line("NOBODYS", 9, day, account="NOBODY")], day)
    assert days.work_off() == (3, 0, 0, 0, 0)
    assert days.world.states(lacking.id) == ("refunded", "reversed")
    return right, right[1], day


def test_money_that_moved_stays_and_the_right_file_is_compared_anew(days: Days):
    right, _, day = of_the_day(days)
    wrong, money = newest(days), days.bench.balances()
    assert withdraw(days, wrong) == 0
    assert days.world.rows("SELECT standing, count(*), sum(fen)::bigint FROM recon_rests_v1(%s) GROUP BY 1",
                           wrong) == [("moved", 3, 309)]  # fmt: skip
    assert days.work_off() == (0, 0, 0, 0, 0)
    assert days.bench.balances() == money
    assert verify(days.bench.conn).problems == []
    assert days.reconcile(right, day).differences == {}
    assert owed(days) == 0  # the channel owes what the right file says
    assert days.work_off() == (0, 0, 0, 0, 0)
    assert (days.bench.balances(), verify(days.bench.conn).problems) == (money, [])
    standing = [(row.account, row.amount_fen) for row in queries.standing(days.bench.conn, 1)]
    assert sorted(standing) == [("2241.1.SUSPENSE", 9), ("2241.1.SUSPENSE", 100)]


def test_a_return_that_a_withdrawn_file_caused_is_a_difference_of_its_own_day(days: Days):
    right, _, day = of_the_day(days)
    withdraw(days, newest(days))
    days.reconcile(right, day)
    later = days.agreed_day()
    assert days.reconcile(days.of("WX"), later).differences == {"ours_only": 1}
    assert days.work_off() == (0, 1, 0, 0, 0)  # told to the channel; not taken for our repair's own row
    (told,) = queries.work_list(days.bench.conn, NIGHT.date(), None)
    assert (told.kind, told.action, told.state) == ("ours_only", "tell", "waiting")


def test_a_return_stands_where_the_right_file_shows_the_same_difference(days: Days):
    right, _, day = of_the_day(days)
    withdraw(days, newest(days))
    assert days.reconcile(right[:1], day).differences == {"ours_only": 1}
    assert days.work_off() == (1, 0, 0, 0, 0)  # it was taken back: agreed, nothing moves
    later = days.agreed_day()
    assert days.reconcile(days.of("WX"), later).differences == {"ours_only": 1}
    assert days.work_off() == (1, 0, 0, 0, 0)
    assert queries.work_list(days.bench.conn, NIGHT.date(), None) == []


def test_a_run_that_waited_for_the_withdrawal_does_not_use_the_file(days: Days):
    payment = days.bench.pay(100)
    day = days.bench.cut()
    days.reconcile([line("NOBODYS", 9, day, account="NOBODY")], day)
    wrong, conn = newest(days), days.bench.conn
    told: list[object] = []

    def compare() -> None:
        with psycopg.connect(days.bench.database.app_url, autocommit=True) as other:
            try:
                told.append(runs.reconcile(other, read_profile(other, "WX"), day, NIGHT))
            except Refused as refused:
                told.append(refused.code)

    with conn.transaction():
        days.world.two_people("recon.withdraw", str(wrong), {"file": wrong})
        assert days.world.value("SELECT recon_withdraw_v1(%s, %s)", wrong, AGO) == 0
        thread = Thread(target=compare)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(10)
    assert told == [RepairCode.FILE_MISSING]
    assert days.world.rows("SELECT class::text, state::text FROM recon_item WHERE closed_by <> 'gone'") == []
    assert days.world.states(payment.id) == ("taken", "booked")


def test_a_note_beside_a_difference_that_is_gone_is_no_alteration(days: Days):
    days.bench.pay(2_000_000)
    day = days.bench.cut()
    days.reconcile([], day)
    days.work_off()  # left to people, which is an act
    (item,) = days.world.rows("SELECT item_id FROM recon_item")[0]
    withdraw(days, newest(days))
    operations.note(days.bench.conn, item, "文件不对", "finance01", NIGHT)
    assert verify(days.bench.conn).problems == []
