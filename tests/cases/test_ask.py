"""The court's own system asks for a case: signed, once a request; opened by the worker as a clerk's is."""

from typing import Any

import pytest
from msgspec import json

from tests.cases.court import Court
from tests.world import the_ring
from yifen.core.facts.refused import Refused
from yifen.core.wire import http_signed
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import WireFault
from yifen.trades.cases import proof
from yifen.trades.cases.codes import CaseCode as C
from yifen.trades.cases.doors import asking, signing
from yifen.trades.cases.doors.asking import AskEnd
from yifen.trades.cases.rules import party_context, with_check

SECRET = b"a shared secret of the court 001"
NUMBER = "(2026)桂0304执7号"
PARTIES = [{"role": "applicant", "name": "王申请"}, {"role": "debtor", "name": "李执行"}]


@pytest.fixture
def own(court: Court) -> Court:
    court.world.key("COURT01", 1, "hmac-sha256", SECRET)
    return court


def asked(
    court: Court, request: str = "R1", number: str = "（2026）桂0304执0007号", secret: bytes = SECRET, path: str = "",
    **more: Any,
) -> AskEnd:  # fmt: skip
    """As the door takes it."""
    body = json.encode({"request": request, "number": number, "parties": PARTIES, "due_fen": 5_000} | more)
    key = Key(partner="COURT01", version=1, algorithm="hmac-sha256", secret=secret)
    headers = http_signed.sign_request("POST", path or signing.ASK, body, key, int(court.world.now.timestamp()))
    return asking.take(court.world.conn, the_ring(), headers, body, court.world.now)[1]


def opened(court: Court) -> None:
    asking.open_all(court.world.conn, the_ring(), lambda: court.world.now)


def test_a_case_is_asked_for_and_opened_once(own: Court):
    account = with_check("62170304000001", "luhn")
    assert (asked(own), asked(own)) == (AskEnd(None, NUMBER, ""),) * 2
    opened(own)
    opened(own)
    assert asked(own) == AskEnd(0, NUMBER, account)
    assert own.world.rows("SELECT number, due_fen, opened_by, state FROM court_case") == [
        (NUMBER, 5_000, "api R1", "open")]  # fmt: skip
    names = own.world.rows("SELECT name FROM court_party ORDER BY party_id")
    assert [the_ring().open(bytes(name), party_context(own.id, NUMBER)).decode() for (name,) in names] == [
        "王申请", "李执行"]  # fmt: skip
    own.pay(account, 700)
    assert (own.follow(), own.balance(account)) == (1, 700)


def test_what_cannot_be_opened_says_why_and_holds_up_no_other(own: Court):
    asked(own, "R1", parties=[PARTIES[0]])
    asked(own, "R2", account="6217030400009999")
    asked(own, "R3")
    asked(own, "R4")
    opened(own)
    assert [asked(own, "R1", parties=[PARTIES[0]]).code, asked(own, "R2", account="6217030400009999").code,
            asked(own, "R3").code, asked(own, "R4").code] == [C.CASE_FIELDS, C.CASE_ACCOUNT_TAKEN, 0, C.CASE_EXISTS]


def test_only_the_court_asks_and_only_for_what_it_signed(own: Court):
    for wrong in ({"secret": b"another secret of 32 bytes 00000"}, {"path": signing.PUSH}):
        with pytest.raises(WireFault):
            asked(own, **wrong)
    for said, code in (({"number": "x"}, C.CASE_NUMBER_WRONG), ({"parties": []}, C.ASK_UNREADABLE),
                       ({"more": 1}, C.ASK_UNREADABLE), ({"request": ""}, C.ASK_UNREADABLE)):  # fmt: skip
        with pytest.raises(Refused) as refused:
            asked(own, **said)
        assert refused.value.code is code
    asked(own)
    with pytest.raises(Refused) as refused:
        asked(own, due_fen=5_001)
    assert refused.value.code is C.ASK_OTHERWISE
    own.world.run("INSERT INTO court_ask (court_id, request, number, signed, body, received_at)"
                  " SELECT court_id, 'R9', '(2026)桂0304执9号', signed, body, received_at FROM court_ask")  # fmt: skip
    opened(own)
    ends = "SELECT k.request, d.code FROM court_ask k JOIN court_ask_end d USING (ask_id) ORDER BY 1"
    assert own.world.rows(ends) == [
        ("R1", 0), ("R9", C.ASK_UNPROVED)]  # fmt: skip


def test_a_case_that_was_asked_for_is_held_to_what_its_court_signed(own: Court):
    asked(own)
    opened(own)
    with own.world.as_owner():
        assert proof.altered(own.world.conn) == []
        own.world.run("ALTER TABLE court_ask DISABLE TRIGGER append_only")
        for change, said in (
            ("court_ask SET number = '(2026)桂0304执8号'", ["was not signed by its court: the row says", "asks for"]),
            ("court_ask SET request = 'R2'", ["was not signed by its court"]),
            ("court_case SET number = '(2026)桂0304执8号'", ["asks for (2026)桂0304执7号, case"]),
        ):
            with own.world.conn.transaction(force_rollback=True):
                own.world.run(f"UPDATE {change}")
                found = proof.altered(own.world.conn)
                assert [one in problem for one, problem in zip(said, found, strict=True)] == [True] * len(said), found
