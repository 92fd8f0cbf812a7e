"""A biller at `db://source`: asked, paid, taken back, over real databases of three kinds; and what goes wrong there."""

import json
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from tests.connector.bench import ConnectorBench
from tests.connector.utilities import MAPPING, SqliteUtility
from yifen.core.facts.codes import Code
from yifen.core.wire.messages import WireFault
from yifen.trades.connector.codes import ConnectorCode as C
from yifen.trades.connector.database import DatabaseFault, UtilityDatabase
from yifen.trades.connector.faults import Fault


@pytest.fixture(autouse=True)
def found_again(bench: ConnectorBench) -> Iterator[None]:
    """Whatever a test left: the database is there."""
    yield
    bench.utility.back()
    bench.calm()


def test_bills_are_read_and_a_payment_is_written_once_and_taken_back(bench: ConnectorBench):
    account = bench.account(1_234, 5_600)
    owed = bench.owed(account)
    assert (owed.payer_name, [(one.due_fen, one.title, one.due_on) for one in owed.payables]) == (
        "**小明", [(1_234, "2026-11 水费", date(2026, 11, 30)), (5_600, "2026-11 水费", date(2026, 11, 30))])
    message = bench.charge_of(account, owed=owed)
    code, reply = bench.charge(message)
    assert code is Code.OK
    assert reply is not None
    serial = str(reply.payment_id)
    assert bench.utility.receipts()[serial] == 6_834
    assert bench.charge(message)[0] is Code.OK
    assert bench.utility.receipts()[serial] == 6_834
    assert bench.owed(account).payables == []
    day = bench.run(bench.hub.fetch_file("WATER", bench.clock().date()))
    lines = [json.loads(line) for line in day.splitlines()]
    assert [(line["type"], line["amount_fen"]) for line in lines if line.get("serial") == serial] == [("charge", 6_834)]
    assert bench.reverse(message) is Code.PROCESSING
    bench.settle(1)
    assert bench.reverse(message) is Code.OK
    assert serial not in bench.utility.receipts()
    assert [one.due_fen for one in bench.owed(account).payables] == [1_234, 5_600]


def test_who_is_not_there_is_not_known(bench: ConnectorBench):
    with pytest.raises(WireFault) as refused:
        bench.owed("8899999999")
    assert refused.value.code is Code.ACCOUNT_UNKNOWN


@pytest.mark.parametrize("how", ["away", "silent"])
def test_what_was_taken_in_an_outage_is_written_when_it_is_over_however_long(bench: ConnectorBench, how: str):
    """Beyond the ladder's last rung too: a week of hours."""
    fen = 7_700 + len(how)
    message = bench.charge_of(bench.account(fen))
    getattr(bench.utility, how)()
    began = time.monotonic()
    assert bench.charge(message)[0] is Code.PROCESSING
    assert time.monotonic() - began < 4
    assert bench.heard[-1][0] in (C.DATABASE_AWAY, C.DATABASE_SLOW, Code.BILLER_UNAVAILABLE)
    if how == "away":
        bench.settle(24)
    bench.utility.back()
    assert bench.state(message) == "held"
    bench.settle()
    assert bench.state(message) == "taken"
    assert bench.charge(message)[0] is Code.OK
    assert list(bench.utility.receipts().values()).count(fen) == 1


def test_an_answer_lost_behind_the_end_of_the_writing_counts_once(bench: ConnectorBench, monkeypatch: Any):
    whole = UtilityDatabase._end

    def lost(self: UtilityDatabase, conn: Any, word: str) -> None:
        whole(self, conn, word)
        if word == "COMMIT":
            raise DatabaseFault(Fault(C.DATABASE_AWAY, "", "the line broke"))

    message = bench.charge_of(bench.account(3_300))
    with monkeypatch.context() as patched:
        patched.setattr(UtilityDatabase, "_end", lost)
        assert bench.charge(message)[0] is Code.PROCESSING
    assert list(bench.utility.receipts().values()).count(3_300) == 1
    bench.settle(1)
    assert bench.charge(message)[0] is Code.OK
    assert list(bench.utility.receipts().values()).count(3_300) == 1


def test_a_bill_paid_at_their_own_counter_meanwhile_gives_the_payer_his_money_back_by_number(bench: ConnectorBench):
    account = bench.account(4_400)
    message = bench.charge_of(account)
    bench.utility.run("UPDATE bill SET paid = 1 WHERE customer_no = %s", account)
    assert bench.charge(message)[0] is Code.BILLER_REJECTED
    assert bench.owner("SELECT biller_code, payer_state::text FROM payment WHERE amount_fen = 4400") == [
        (f"{C.ROWS_UNFIT:04d}", "returned")]
    assert 4_400 not in bench.utility.receipts().values()


def test_who_holds_the_rows_is_waited_for_no_longer_than_agreed(bench: ConnectorBench):
    account = bench.account(5_100)
    message = bench.charge_of(account)
    with bench.utility.holding(message.lines[0].payable):
        began = time.monotonic()
        assert bench.charge(message)[0] is Code.PROCESSING
        assert time.monotonic() - began < 4
        assert bench.heard[-1][0] in (C.ROW_LOCKED, C.DATABASE_SLOW)
    bench.settle(1)
    assert bench.charge(message)[0] is Code.OK
    assert list(bench.utility.receipts().values()).count(5_100) == 1


def test_a_table_that_is_gone_holds_the_money_and_is_told_by_number(bench: ConnectorBench):
    message = bench.charge_of(bench.account(6_200))
    bench.utility.run("ALTER TABLE receipt RENAME TO receipt_old")
    assert bench.charge(message)[0] is Code.PROCESSING
    assert bench.heard[-1][0] == C.TABLE_UNFIT
    bench.settle(2)
    assert bench.state(message) == "held"
    bench.utility.run("ALTER TABLE receipt_old RENAME TO receipt")
    bench.settle(1)
    assert (bench.charge(message)[0], bench.state(message)) == (Code.OK, "taken")


def test_a_column_of_another_type_is_refused_and_nothing_is_guessed(bench: ConnectorBench):
    account = bench.account(1_000)
    bench.utility.run("INSERT INTO bill (bill_no, customer_no, period, amount, due_on) VALUES (%s, %s, '', 1.00,"
                      " 'soon')", f"X{account}", account)  # fmt: skip
    with pytest.raises(WireFault) as refused:
        bench.owed(account)
    assert refused.value.code is Code.BILLER_REJECTED
    assert bench.heard[-1][0] == Code.BILLER_REJECTED
    if isinstance(bench.utility, SqliteUtility):  # which takes any value in any column
        other = bench.account(1_100)
        bench.utility.run("UPDATE bill SET amount = 'twelve' WHERE customer_no = %s", other)
        with pytest.raises(WireFault):
            bench.owed(other)


def test_too_many_rows_are_not_half_taken(bench: ConnectorBench):
    account = bench.account(*[100] * 6)
    bench.install(bench.utility.address, MAPPING.replace("[limits]", "[limits]\nrows = 5"))
    with pytest.raises(WireFault) as refused:
        bench.owed(account)
    assert refused.value.code is Code.BILLER_REJECTED
    assert json.loads(bench.heard[-1][1]) == {"code": f"{C.ROWS_TOO_MANY:04d}"}
    bench.install(bench.utility.address, MAPPING)
    assert len(bench.owed(account).payables) == 6


def test_a_wrong_password_holds_what_was_taken_and_refuses_what_is_new(bench: ConnectorBench):
    if isinstance(bench.utility, SqliteUtility):
        pytest.skip("SQLite has no accounts")
    message = bench.charge_of(bench.account(8_800))
    other = bench.charge_of(bench.account(8_900))
    right = bench.utility.address
    bench.install(replace(right, password="wrong", write_password="wrong"))
    assert bench.charge(message)[0] is Code.PROCESSING
    assert bench.heard[-1][0] == C.DATABASE_DENIED
    for _ in range(5):
        with pytest.raises(WireFault):
            bench.owed(message.account_no)
    with pytest.raises(WireFault) as refused:  # the breaker is open: nothing new is taken
        bench.charge(other)
    assert refused.value.code is Code.BILLER_UNAVAILABLE
    bench.install(right)
    bench.settle(1)
    assert bench.charge(message)[0] is Code.OK


def test_a_reader_alone_answers_queries_and_writes_nothing(bench: ConnectorBench):
    if isinstance(bench.utility, SqliteUtility):
        pytest.skip("SQLite has no accounts")
    right = bench.utility.address
    bench.install(replace(right, write_user="", write_password=""))
    account = bench.account(9_100)
    message = bench.charge_of(account)
    assert bench.charge(message)[0] is Code.PROCESSING
    assert bench.heard[-1][0] == C.DATABASE_DENIED
    bench.install(right)
    bench.settle(1)
    assert bench.charge(message)[0] is Code.OK


def test_what_never_came_is_taken_back_only_when_it_cannot_come_any_more(bench: ConnectorBench):
    message = bench.charge_of(bench.account(2_200))
    bench.utility.away()
    assert bench.charge(message)[0] is Code.PROCESSING
    assert bench.reverse(message) is Code.PROCESSING
    bench.utility.back()
    bench.settle(1)
    assert bench.state(message) == "held"  # it is not there, but might be under way
    bench.patience()
    bench.settle(1)
    assert (bench.state(message), bench.reverse(message)) == ("returned", Code.OK)
    assert 2_200 not in bench.utility.receipts().values()


def test_a_silent_database_takes_its_own_threads_and_no_others(bench: ConnectorBench):
    """Twelve calls at once of four threads: each ends in its time, and a hosted biller is answered at once."""
    if isinstance(bench.utility, SqliteUtility):
        pytest.skip("SQLite is a file here")
    import asyncio

    accounts = [bench.account(1_300) for _ in range(12)]
    bench.world.biller("HOST")
    bench.world.admit("WX", "HOST")
    bench.world.owe("HOST", "H1", "M1", 100)
    bench.run(bench.hub._load_roster())
    bench.utility.silent()

    async def at_once() -> float:
        from yifen.core.wire.messages import Query

        asked = [asyncio.create_task(bench.hub.query(bench.channel, Query(biller="WATER", account_no=one)))
                 for one in accounts]
        await asyncio.sleep(0.2)
        began = time.monotonic()
        await bench.hub.query(bench.channel, Query(biller="HOST", account_no="H1"))
        took = time.monotonic() - began
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(one) for one in told] == [WireFault] * 12
        return took

    began = time.monotonic()
    assert bench.run(at_once()) < 0.5
    assert time.monotonic() - began < 5
    bench.utility.back()
    bench.calm()
    time.sleep(0.2)
    assert len(bench.owed(accounts[0]).payables) == 1


def test_who_may_not_be_called_is_not(bench: ConnectorBench, monkeypatch: pytest.MonkeyPatch):
    if isinstance(bench.utility, SqliteUtility):
        pytest.skip("SQLite is a file here")
    account = bench.account(1_700)
    monkeypatch.setenv("YIFEN_OUTBOUND_ALLOW", "10.0.0.0/8")
    bench.install(replace(bench.utility.address, user="util_writer"))  # connections are new
    with pytest.raises(WireFault):
        bench.owed(account)
    assert bench.heard[-1][0] == C.DATABASE_DENIED
    assert json.loads(bench.heard[-1][1]) == {"code": f"{C.DATABASE_DENIED:04d}", "result": "wall"}
    monkeypatch.undo()
    bench.install(bench.utility.address)
    assert len(bench.owed(account).payables) == 1


def test_a_statement_that_takes_too_long_is_ended_there(bench: ConnectorBench):
    sleep = {"postgresql": "pg_sleep(9) IS NOT NULL", "mysql": "sleep(9) = 0"}.get(bench.utility.kind)
    if sleep is None:
        sleep = ("(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900000000)"
                 " SELECT max(i) FROM n) > 0")  # fmt: skip
    account = bench.account(1_800)
    bench.install(bench.utility.address, MAPPING.replace("WHERE no = :account", f"WHERE no = :account AND {sleep}"))
    began = time.monotonic()
    with pytest.raises(WireFault) as refused:
        bench.owed(account)
    assert time.monotonic() - began < 4
    assert refused.value.code is Code.BILLER_UNAVAILABLE
    bench.install(bench.utility.address, MAPPING)
    bench.calm()
    assert len(bench.owed(account).payables) == 1


def test_a_procedure_of_theirs_writes_once(bench: ConnectorBench):
    made = PROCEDURES.get(bench.utility.kind)
    if made is None:
        pytest.skip("SQLite has no procedures")
    bench.utility.run(made)
    bench.utility.run(ALLOWED[bench.utility.kind])
    first, rest = MAPPING.index("[[pay]]"), MAPPING.index("[[back]]")
    called = '[[pay]]\nsql = "CALL take(:serial, :account, :bill, :bill_yuan)"\neach = "bill"\n'
    bench.install(bench.utility.address, MAPPING[:first] + called + MAPPING[rest:])
    message = bench.charge_of(bench.account(2_900))
    assert [bench.charge(message)[0] for _ in range(2)] == [Code.OK] * 2
    assert list(bench.utility.receipts().values()).count(2_900) == 1
    paid = bench.charge_of(bench.account(2_950))
    bench.utility.run("UPDATE bill SET paid = 1 WHERE bill_no = %s", paid.lines[0].payable)
    assert bench.charge(paid)[0] is Code.BILLER_REJECTED
    assert bench.owner("SELECT biller_code FROM payment WHERE amount_fen = 2950") == [(f"{C.ROW_REFUSED:04d}",)]
    bench.install(bench.utility.address, MAPPING)


PROCEDURES = {
    "postgresql": """CREATE PROCEDURE take(s text, c text, b text, y numeric) LANGUAGE plpgsql AS $$ BEGIN
        UPDATE bill SET paid = 1 WHERE bill_no = b AND paid = 0 AND amount = y;
        IF NOT FOUND THEN RAISE 'paid already'; END IF;
        INSERT INTO receipt (serial, customer_no, amount, paid_at) VALUES (s, c, y, now()); END $$""",
    "mysql": """CREATE PROCEDURE take(s VARCHAR(32), c VARCHAR(20), b VARCHAR(40), y DECIMAL(12,2)) BEGIN
        UPDATE bill SET paid = 1 WHERE bill_no = b AND paid = 0 AND amount = y;
        IF row_count() = 0 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'paid already'; END IF;
        INSERT INTO receipt (serial, customer_no, amount, paid_at) VALUES (s, c, y, now()); END""",
}
ALLOWED = {"postgresql": "GRANT EXECUTE ON PROCEDURE take TO util_writer",
           "mysql": "GRANT EXECUTE ON PROCEDURE take TO util_writer@'127.0.0.1'"}  # fmt: skip
