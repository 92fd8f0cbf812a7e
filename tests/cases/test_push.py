"""A bank tells of a receipt at once: the money is on the case within seconds, on its way until the statement shows
it."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import json

from tests.cases.court import RULE, Court
from tests.world import the_ring
from yifen.core.facts.refused import Refused
from yifen.core.wire import http_signed
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import WireFault
from yifen.trades.cases import proof
from yifen.trades.cases.codes import CaseCode as C
from yifen.trades.cases.doors import pushing, signing

SECRET = b"a shared secret of the bank 0001"


@pytest.fixture
def bank(court: Court) -> Court:
    court.world.key("BANK1", 1, "hmac-sha256", SECRET)
    return court


def told(
    court: Court, account_no: str, fen: int = 700, serial: str = "P1", secret: bytes = SECRET, **more: Any
) -> None:  # fmt: skip
    """Signed and taken in, as the door does."""
    body = json.encode({"main_account": RULE["main_no"], "serial": serial, "amount_fen": fen, "account": account_no,
                        "paid_at": court.world.now - timedelta(minutes=1), "payer": "赵付款"} | more)  # fmt: skip
    key = Key(partner="BANK1", version=1, algorithm="hmac-sha256", secret=secret)
    headers = http_signed.sign_request("POST", signing.PUSH, body, key, int(court.world.now.timestamp()))
    pushing.take(court.world.conn, the_ring(), headers, body, court.world.now)


def booked(court: Court) -> list[int]:
    """By the worker; the code of each."""
    pushing.book(court.world.conn, the_ring(), lambda: court.world.now)
    return [code for (code,) in court.world.rows("SELECT code FROM court_push_end ORDER BY push_id")]


def shown(court: Court, fen: int, account_no: str, serial: str = "P1") -> None:
    line = court.line(fen, account_no) | {"serial": serial}
    assert court.book(court.statement(line)) == "OK"


def test_money_is_on_the_case_at_once_and_arrives_with_the_statement(bank: Court):
    case, account = bank.case()
    told(bank, account)
    told(bank, account)  # sent again: the same
    assert (booked(bank), booked(bank)) == ([0], [0])
    assert (bank.balance(account), bank.entries(account)) == (700, [("announced", 700)])
    assert bank.proof() == {"cases": 700, "coming": 700}
    assert bank.world.made("SELECT cases_coming_v1(%s, %s)", bank.id, account) == 700
    assert bank.act("close", case) == "CASE_HAS_MONEY"
    assert bank.unclaim(bank.last("announced")) == "ENTRY_STAYS"  # on its way
    shown(bank, 700, account)
    assert bank.proof() == {"cases": 700, "main": 700, "bank": 700}
    assert bank.world.made("SELECT cases_coming_v1(%s, %s)", bank.id, account) == 0
    assert bank.unclaim(bank.last("announced")) == "OK"
    assert bank.proof() == {"unknown": 700, "main": 700, "bank": 700}
    with bank.world.as_owner():
        assert proof.altered(bank.world.conn) == []


def test_what_the_statement_lacks_is_named_and_stays_and_what_it_says_otherwise_is_not_booked_twice(bank: Court):
    _, account = bank.case()
    told(bank, account)
    told(bank, account, 50, "P2", paid_at=bank.world.now - timedelta(hours=4))
    booked(bank)
    bank.booked(bank.line(5, account))
    missing = "SELECT missing_fen FROM court_proof"
    assert (bank.world.value(missing), bank.balance(account)) == (50, 755)  # P1 came behind its last line
    shown(bank, 701, account)
    assert (bank.world.value(missing), bank.balance(account)) == (50, 755)
    assert bank.proof() == {"cases": 755, "coming": 750, "main": 5, "bank": 706, "open": 701}


def test_what_is_no_receipt_of_an_open_case_waits_for_the_statement(bank: Court):
    (closed, shut), (_, account) = bank.case(), bank.case()
    assert bank.act("close", closed) == "OK"
    told(bank, shut)
    told(bank, "", 5, "P2")
    told(bank, account, 6, "P3", main_account="6217030400009999")
    shown(bank, 9, account, "P4")
    told(bank, account, 9, "P4")  # behind its statement
    assert booked(bank) == [C.PUSH_NO_CASE, C.PUSH_NO_CASE, C.PUSH_FOREIGN, C.PUSH_SHOWN]
    assert bank.balance(account) == 9
    shown(bank, 700, shut)
    assert bank.proof() == {"cases": 9, "unknown": 700, "main": 709, "bank": 709}


def test_only_the_bank_tells_of_receipts(bank: Court):
    _, account = bank.case()
    with pytest.raises(WireFault):
        told(bank, account, secret=b"another secret of 32 bytes 00000")
    told(bank, account)
    with pytest.raises(Refused) as refused:
        told(bank, account, 701)
    assert refused.value.code is C.PUSH_OTHERWISE
    for wrong in ({"amount_fen": 0}, {"paid_at": bank.world.now + timedelta(days=1)}, {"account": "x"}, {"serial": ""},
                  {"more": 1}):  # fmt: skip
        with pytest.raises(Refused) as refused:
            told(bank, account, **wrong)
        assert refused.value.code is C.PUSH_UNREADABLE
    bank.world.run("INSERT INTO court_push (bank_id, serial, main_no, account_no, amount_fen, paid_at, signed, body,"
                   " received_at) SELECT bank_id, 'P9', main_no, account_no, 9999, paid_at, signed, body, received_at"
                   " FROM court_push")  # fmt: skip
    assert booked(bank) == [0, C.PUSH_UNPROVED]  # a row that nobody signed
    assert bank.balance(account) == 700


def test_an_announced_entry_is_held_to_its_notice_and_that_to_its_signature(bank: Court):
    _, account = bank.case()
    told(bank, account)
    booked(bank)
    bank.world.set_up("UPDATE partner SET suspended = true WHERE id = %s", bank.bank)
    with pytest.raises(WireFault):
        told(bank, account, serial="P5")  # not heard any more; what it signed before stays signed
    bank.world.run("INSERT INTO court_push (bank_id, serial, main_no, account_no, amount_fen, paid_at, signed, body,"
                   " received_at) SELECT bank_id, 'P9', main_no, account_no, 9999, paid_at, signed, body, received_at"
                   " FROM court_push")  # fmt: skip
    booked(bank)  # nobody signed that one, and it says so
    with bank.world.as_owner():
        assert proof.altered(bank.world.conn) == []
        bank.world.run("ALTER TABLE court_push DISABLE TRIGGER append_only")
        unsigned, other = "was not signed by its bank", "is announced otherwise than notice"
        for change, said in (
            ("amount_fen = 701", [other, f"{unsigned}: the row says otherwise"]),
            ("account_no = '6217030400001'", [other, f"{unsigned}: the row says otherwise"]),
            ("signed = signed - 'signature'", [unsigned]), ("signed = '[]'", [unsigned]),
            ("received_at = received_at + interval '1 day'", [unsigned]), ("serial = 'P2'", [unsigned]),
        ):  # fmt: skip
            with bank.world.conn.transaction(force_rollback=True):
                bank.world.run(f"UPDATE court_push SET {change} WHERE serial = 'P1'")
                found = proof.altered(bank.world.conn)
                assert [one in problem for one, problem in zip(said, found, strict=True)] == [True] * len(said), found
        bank.world.run("UPDATE partner_key SET valid_until = %s", bank.world.now - timedelta(hours=1))
        assert [unsigned in problem for problem in proof.altered(bank.world.conn)] == [True]


def recalled(bank: Court, line: int | None, evidence: str = "银行说明") -> str:
    return bank.agreed("cases.recall", "cases_recall_v1", entry=bank.last("announced"), line=line, evidence=evidence)


def test_a_notice_that_the_statement_contradicts_is_taken_back_by_two_and_the_line_is_booked(bank: Court):
    """Told 700 for one case; the statement says 701, then, of another notice, another case; the third it lacks."""
    (_, account), (_, other) = bank.case(), bank.case()
    line = "SELECT line_id FROM court_contradicted"
    told(bank, account)
    booked(bank)
    assert recalled(bank, None) == "PUSH_STANDS"  # no statement ends behind it
    shown(bank, 701, account)
    assert bank.proof() == {"cases": 700, "coming": 700, "bank": 701, "open": 701}
    assert recalled(bank, None) == "PUSH_STANDS"  # another line than was shown
    assert recalled(bank, bank.world.value(line), "") == "REASON_MISSING"
    assert recalled(bank, bank.world.value(line)) == "OK"
    assert bank.proof() == {"cases": 701, "main": 701, "bank": 701}
    assert bank.entries(account) == [("announced", 700), ("recalled", 700), ("transfer", 701)]
    assert bank.world.rows(line) == []
    told(bank, account, 30, "P2")
    booked(bank)
    shown(bank, 30, other, "P2")
    assert bank.world.made("SELECT cases_coming_v1(%s, %s)", bank.id, account) == 30
    assert recalled(bank, bank.world.value(line)) == "OK"
    assert (bank.balance(account), bank.balance(other)) == (701, 30)
    told(bank, account, 9, "P3", paid_at=bank.world.now - timedelta(hours=4))
    booked(bank)
    assert (recalled(bank, None), recalled(bank, None)) == ("OK", "PUSH_STANDS")
    alone = bank.world.proposed("cases.recall", str(bank.last("announced")), {
        "entry": bank.last("announced"), "line": None, "evidence": "x"}, bank.id)  # fmt: skip
    assert bank.code("SELECT cases_recall_v1(%s, %s)", alone, bank.world.now) == "CASE_NOT_AGREED"
    assert bank.proof() == {"cases": 731, "main": 731, "bank": 731}
    with bank.world.as_owner():
        assert proof.altered(bank.world.conn) == []
