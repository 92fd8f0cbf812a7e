"""1078, and the end of day: transit accounts at the core go to their companies in one sum, and end at zero."""

from datetime import date
from typing import Any

import psycopg
import pytest

from tests.agency.bench import UNIT, Agency
from tests.corebank.bench import SETTLED, TRANSIT
from tests.counter.standing import NOW, signature
from tests.web import site
from tests.world import DAY
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.wire.core_port import CorePosting, CoreUndo
from yifen.hub.night import NOBODY, Night
from yifen.night.words import reason_text
from yifen.trades.agency.codes import AgencyCode
from yifen.trades.agency.proof import altered, explained
from yifen.trades.agency.rules import short_words

INCOME = "60303002"


def cut(agency: Agency) -> None:
    agency.owner("SELECT ledger_cut_day_v1(1, current_day) FROM ledger_book WHERE book_id = 1")


def settle(agency: Agency, day: date = DAY) -> None:
    """As the night settles what is proved: nobody's file is awaited here."""
    from yifen.trades.settlement.operations.settle import settle_due

    agency.owner("DELETE FROM recon_item")
    agency.owner("DELETE FROM recon_profile")
    assert settle_due(agency.night, 1, day, NOW, None)


def sweep(agency: Agency, day: date = DAY) -> dict[str, Any]:
    from yifen.trades.agency.night import sweep_by

    night = Night(1, 1, day, agency.clock(), agency.clock(), NOBODY)
    return sweep_by(agency.cores(agency.night), night)


def gross(agency: Agency) -> None:
    """The company pays its commission apart: 3.8 ‰ of what was collected."""
    agency.owner("UPDATE agreement SET mode = 'gross', period = 'month', valid_from = '2026-01-01'"
                 " WHERE biller_id = %s", agency.biller)  # fmt: skip


def test_the_whole_sum_goes_in_one_move_and_a_repeat_moves_nothing(agency: Agency):
    agency.ready()
    gross(agency)
    place = agency.desk()
    for yuan in ("1000.00", "234.56"):
        agency.pay(place, agency.slip(yuan))
    back = agency.pay(place, agency.slip("50.00"))
    agency.take_back(back.serial)
    assert agency.balance(TRANSIT) == 123_456
    cut(agency)
    waits = sweep(agency)
    assert waits["sums"] == {"waiting": 1}
    assert [reason_text(one, "zh-hans") for one in waits["left"]] == [f"POWER01 {DAY} 未结算 ¥1,234.56"]
    settle(agency)
    before = agency.balance(SETTLED)
    told = sweep(agency)
    assert (told["sums"], told["failed"]) == ({"swept": 1, "swept_fen": 123_456}, [])
    assert (agency.balance(TRANSIT), agency.balance(SETTLED) - before) == (0, 123_456)
    assert sweep(agency)["sums"] == {}
    assert altered(agency.worker) == []


def later(agency: Agency) -> date:
    """The next day is open, and somebody deposits 88.00 on it."""
    day = agency.rows("SELECT current_day FROM ledger_book WHERE book_id = 1")[0][0]
    place = agency.desk()
    assert agency.pay(place._replace(day=day), agency.slip("88.00")).state == "booked"
    return day


def test_the_daily_proof_explains_deposits_and_what_companies_were_paid(agency: Agency):
    from yifen.night.reports.daily_proof import prove

    proof = prove(agency.night, 1, DAY)
    assert [one.difference_fen for one in proof.accounts if one.account.code == "2241.POWER01"] == [0]
    day = later(agency)
    cut(agency)
    proof = prove(agency.night, 1, day)
    by_code = {one.account.code: one for one in proof.accounts}
    assert by_code["2241.POWER01"].difference_fen == 0
    assert by_code["1121.DESK"].difference_fen == 0
    lines = {(line.role, line.fen) for line in explained(agency.night, 1, day)}
    assert ("transit", 8_800) in lines
    settle(agency, day)
    assert sweep(agency, day)["sums"]["swept_fen"] == 8_800


def test_a_core_that_is_away_leaves_the_transit_account_named_and_the_worker_ends_it(agency: Agency, monkeypatch):
    from yifen.hub.corebank.codes import CoreCode
    from yifen.hub.corebank.operations import settle_due as settle_moves
    from yifen.trades.agency.following import follow_all

    day = later(agency)
    cut(agency)
    settle(agency, day)
    with monkeypatch.context() as shell:  # by hand, where the core may not be called: nothing is written
        shell.delenv("YIFEN_OUTBOUND_ALLOW")
        [away] = sweep(agency, day)["failed"]
        slip = agency.slip("1.00")
        with pytest.raises(Refused) as found:  # nor is a deposit that this process may not ask for
            agency.pay(agency.desk(), slip)
        assert found.value.code == Code.NOT_CALLED
    assert (away["partner"], away["code"]) == ("POWER01", Code.NOT_CALLED)
    assert away["detail"].startswith("127.0.0.1:")
    assert agency.rows("SELECT count(*) FROM agency_sweep WHERE business_day = %s", day) == [(0,)]
    assert agency.rows("SELECT count(*) FROM agency_deposit WHERE number = %s", slip) == [(0,)]
    with agency.meeting("lost"):
        told = sweep(agency, day)
    assert [(one["partner"], one["code"]) for one in told["failed"]] == [("POWER01", CoreCode.CORE_AWAY)]
    assert "swept" not in told["sums"]
    for _ in range(6):
        agency.clock.turn(60)
        settle_moves(agency.cores(agency.worker), agency.clock())
    follow_all(agency.worker, agency.clock())
    assert (agency.balance(TRANSIT), sweep(agency, day)["failed"]) == (0, [])
    assert altered(agency.worker) == []


def test_more_at_the_core_than_was_settled_is_named_and_nothing_goes(agency: Agency):
    """As a collection that the core has and the hub has not: the bank's book is truth, the hub books it first."""
    day = later(agency)
    agency.books.post(CorePosting("FOREIGN-1", "1001-x", TRANSIT, 10**9), None)
    agency.owner(
        "INSERT INTO core_move SELECT r.* FROM core_move m CROSS JOIN LATERAL jsonb_populate_record(m,"
        " '{\"serial\": \"FOREIGN-1\", \"amount_fen\": 1000000000}') r WHERE m.document LIKE 'agency_deposit:%%'"
        " AND m.day = %s LIMIT 1", day)  # fmt: skip
    cut(agency)
    settle(agency, day)
    told = sweep(agency, day)  # 123.45 was settled from before the company had a pair
    assert [(one["code"], one["detail"]) for one in told["failed"]] == [(
        AgencyCode.SWEEP_SHORT, "10,000,088.00 yuan there, 9,999,876.55 too many; likely: money that the core posted"
        " and the hub did not book")]  # fmt: skip
    assert told["failed"][0]["detail_zh"].startswith("过渡户 10,000,088.00 元，多 9,999,876.55 元；可能原因：核心")
    assert agency.balance(TRANSIT) == 10**9 + 8_800
    agency.books.undo(CoreUndo("FOREIGN-1U", "FOREIGN-1", 10**9))
    with psycopg.connect(agency.place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("DELETE FROM core_move WHERE serial = 'FOREIGN-1'")
    assert (sweep(agency, day)["sums"]["swept_fen"], agency.balance(TRANSIT)) == (8_800, 0)


# --- 1078 ------------------------------------------------------------------------------------------


def charge(agency: Agency, month: date, place: Any = None) -> Any:
    from yifen.trades.agency.charges import charge

    return charge(agency.cores(agency.web), place or agency.desk(), UNIT, month, NOW)


def looked_up(agency: Agency, month: date) -> Any:
    from yifen.trades.agency.charges import due

    return due(agency.web, UNIT, month, agency.place.own.branch)


def commission(agency: Agency, month: date, fee_fen: int, net_fen: int = 0) -> None:
    """As settlement writes it at the end of a month: the rows that 1078 reads, and the month's last day settled."""
    last = date(month.year + month.month // 12, month.month % 12 + 1, 1).toordinal() - 1
    day = date.fromordinal(last)
    agency.owner("INSERT INTO settlement VALUES (-nextval('document_no'), 1, %s, %s, %s, 0, 0, 0, 0, %s, 'gross', NULL,"
                 " 'x', now())", agency.biller, day, day, fee_fen)  # fmt: skip
    agency.owner("INSERT INTO commission VALUES (-nextval('document_no'), %s, %s, 'true_up', 0, %s, %s, 0, 'gross',"
                 " now())", agency.biller, day, fee_fen, net_fen)  # fmt: skip


def test_1078_takes_what_settlement_reckoned_once_a_month(agency: Agency):
    agency.ready()
    gross(agency)
    month = date(2026, 9, 1)
    for act in (charge, looked_up):  # said before the teller is asked whether
        with pytest.raises(Refused) as found:
            act(agency, month)
        assert found.value.code == AgencyCode.CHARGE_MONTH_OPEN
    commission(agency, month, 4_321)
    assert looked_up(agency, month).owed_fen == 4_321
    before, settled = agency.balance(INCOME), agency.balance(SETTLED)
    done = charge(agency, month)
    assert (done.state, done.amount_fen, done.serial[:9]) == ("booked", 4_321, "SF202609-")
    assert (agency.balance(INCOME) - before, settled - agency.balance(SETTLED)) == (4_321, 4_321)
    for act in (charge, looked_up):
        with pytest.raises(Refused) as found:
            act(agency, month)
        assert (found.value.code, found.value.field) == (AgencyCode.CHARGE_DONE, "month")
    assert altered(agency.worker) == []


def test_1078_is_taken_back_on_its_day_by_two_people_and_may_be_charged_anew(agency: Agency):
    from yifen.face.plain import plain_connection
    from yifen.trades.agency.charges import take_back
    from yifen.trades.counter.pages.papers import operations

    gross(agency.ready())
    month = date(2026, 8, 1)
    commission(agency, month, 1_000)
    before = agency.balance(SETTLED)
    done, first = charge(agency, month), agency.shift
    with plain_connection() as conn:
        signed = signature(agency.supervisor)
        back = take_back(agency.cores(conn), site.access(agency.teller), done.serial, signed, "录错", NOW)
    assert (back.state, agency.balance(SETTLED)) == ("reversed", before)
    assert charge(agency, month).state == "booked"
    assert altered(agency.worker) == []
    shown = [[(one.code, one.count, one.transfer_fen) for one in operations(shift)] for shift in (first, agency.shift)]
    assert shown == [[("1078", 2, 0)], [("1078", 1, 1_000)]]  # on the report of who charged, below zero what went back


def test_1078_of_what_was_taken_out_of_settled_money_already_is_nothing(agency: Agency):
    gross(agency.ready())
    commission(agency, date(2026, 7, 1), 500, net_fen=500)
    for act in (charge, looked_up):
        with pytest.raises(Refused) as found:
            act(agency, date(2026, 7, 1))
        assert found.value.code == AgencyCode.CHARGE_NOTHING


def test_a_remainder_that_a_net_agreement_of_before_left_is_named_with_its_cause():
    told = short_words(10_031, 31, 31, 0, 0)
    assert told == "100.31 yuan there, 0.31 too many; likely: commission taken out of settled money, 0.31 yuan in all"
    assert told.zh == "过渡户 100.31 元，多 0.31 元；可能原因：坐扣手续费共 0.31 元"
