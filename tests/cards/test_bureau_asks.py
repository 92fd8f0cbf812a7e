"""Banks asked for swipes, files by hand, the bureau's own catalogue, advances settled, leavers' swipes: each by who
may, and from its other side."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.budget.bureau import CODE
from tests.cards.office import SECRET, CardOffice
from tests.cards.test_proof import of_cards
from tests.settlement.bank_side import Clock, Serving
from tests.world import DAY, the_ring
from yifen.core.plugs import result_code
from yifen.core.wire.cards_port import CardsAnswer
from yifen.core.wire.keys import Key
from yifen.trades.cards.doors import asking, taking
from yifen.trades.cards.words import xml_words
from yifen.trades.cards.words.wording import CardWord
from yifen.trades.treasury.simulators.agent_bank import SimulatedAgentBank
from yifen.trades.treasury.simulators.agent_books import AgentBooks


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    found = Serving()
    yield found
    found.stop()


def word(office: CardOffice, *swipes: Any, cards: Any = ()) -> bytes:
    return xml_words.written(CardWord(serial="KEPT", bureau=CODE, cards=list(cards), swipes=list(swipes)))


def query(office: CardOffice, login: str, number: str = "", unit: str = "", back: int = 0, ahead: int = 0) -> str:
    day = office.world.now.date()
    code, _query = office.world.rows(
        "SELECT code, query_id FROM cards_query_v1(%s, %s, %s, %s, %s, %s, %s)", login, office.card_id(), number,
        day - timedelta(days=back), day + timedelta(days=ahead), office.unit(unit) if unit else None,
        office.world.now)[0]  # fmt: skip
    return result_code(code).name


def told(office: CardOffice, login: str, unit: str = "") -> list[tuple[Any, ...]]:
    """What was asked, the newest first, as that login reads it."""
    return [(number, state, result_code(code).name) for number, state, code in office.world.rows(
        "SELECT number, state, code FROM cards_queries_v1(%s, NULL, %s)", login,
        office.unit(unit) if unit else None)]  # fmt: skip


def test_a_swipe_is_asked_for_at_its_bank_and_is_the_same_when_pushed_later(office: CardOffice, serving: Serving):
    world, clock = office.world, Clock(office.world.now)
    key = Key(partner="BANK1", version=1, algorithm="hmac-sha256", secret=SECRET)
    bank = SimulatedAgentBank(key, AgentBooks(), clock, questions=["forged"])
    world.set_up("UPDATE bank SET endpoint = %s", f"http://127.0.0.1:{serving.open(bank)}")  # type: ignore[arg-type]
    one, two = office.swipe("K1"), office.swipe("K2", 5_000)
    bank.words.keep(word(office, one, two))

    def work() -> None:
        """Due at once, as if an hour had passed."""
        world.set_up("UPDATE card_query SET ask_at = %s WHERE state = 'asked'", world.now - timedelta(hours=1))
        asking.work(world.conn, the_ring(), clock, timeout_s=2)
        taking.take_all(world.conn, the_ring(), clock)

    for login, unit, code in (
        ("h01", "", "PERMISSION_MISSING"), ("c01", "", "PERMISSION_MISSING"), ("c01", "101002", "PERMISSION_MISSING"),
        ("p01", "101001", "PERMISSION_MISSING"),
    ):  # fmt: skip
        assert query(office, login, unit=unit) == code, login
    assert query(office, "p01", "a b") == "CARD_QUERY_FIELDS"
    assert query(office, "p01", back=33) == query(office, "p01", ahead=2) == "CARD_QUERY_FIELDS"
    assert (query(office, "p01"), query(office, "p01")) == ("OK", "CARD_QUERY_OPEN")
    work()  # nobody believes a forged answer
    assert told(office, "p01") == [("", "asked", "OK")]
    assert world.value("SELECT tries FROM card_query") == 1
    asking.work(world.conn, the_ring(), clock, timeout_s=2)  # and it is not asked again at once
    assert world.value("SELECT tries FROM card_query") == 1
    work()
    assert told(office, "p01") == [("", "told", "OK")]
    assert office.mine() == [("K1", None, 120_000), ("K2", None, 5_000)]
    assert office.take(swipes=[one]) == []  # the push comes later
    assert query(office, "c01", "K2", "101001") == query(office, "c01", "K9", "101001") == "OK"
    work()
    assert told(office, "p01")[:2] == [("K9", "told", "CARD_QUERY_NONE"), ("K2", "told", "OK")]
    assert told(office, "c01", "101001") == [("K9", "told", "OK"), ("K2", "told", "OK")]  # not whether it was found
    assert told(office, "h01", "101001") == []
    assert len(office.mine()) == 2
    other = word(office, office.swipe("K3", card_no="6283880000000099"))
    bank.words.answer = lambda asked: CardsAnswer(  # type: ignore[method-assign]
        asked.reference, other.decode().split("?>")[1].replace("KEPT", asked.reference))
    assert query(office, "p01", "K3") == "OK"
    work()
    assert told(office, "p01")[0] == ("K3", "failed", "CARD_ANSWER_OTHER")
    serving.close(bank)  # type: ignore[arg-type]
    assert query(office, "p01", "K4") == "OK"
    for _try in range(6):
        assert told(office, "p01")[0] == ("K4", "asked", "OK")
        work()
    assert told(office, "p01")[0] == ("K4", "failed", "CARD_BANK_SILENT")
    world.set_up("UPDATE bank SET endpoint = ''")
    assert query(office, "p01", "K4") == "OK"
    work()
    assert told(office, "p01")[0] == ("K4", "failed", "CARD_BANK_NO_PORT")
    assert (len(office.mine()), of_cards(office)) == (2, [])
    world.set_up("UPDATE card_query SET word_id = NULL WHERE number = 'K2'")
    (problem,) = of_cards(office)
    assert problem.endswith("is told without its bank's answer")


def test_a_file_by_hand_is_tried_first_and_counts_by_two_people(office: CardOffice):
    world = office.world
    assert office.take(swipes=[office.swipe("S1")]) == []
    body = word(office, office.swipe("S1"), office.swipe("S2", 7_000), office.swipe("S1", 5),
                cards=[office.card(card_no="6283880000000002", staff_no="H01", name="")])  # fmt: skip
    said, digest = xml_words.read(body), hashlib.sha256(body).digest()
    serial = "hand:1"
    world.run("INSERT INTO card_word (bank_id, kind, serial, sha256, signed, body, received_at)"
              " VALUES (%s, 'hand', %s, %s, %s, %s, %s)", office.bank, serial, digest,
              Jsonb({"form": "push", "name": "KEPT"}), the_ring().seal(body, taking.context(office.bank, serial)),
              world.now)  # fmt: skip
    kept = world.value("SELECT word_id FROM card_word WHERE kind = 'hand'")
    cards, swipes = taking.rows_of(the_ring(), said)

    def tried(login: str) -> tuple[Any, ...]:
        return world.rows("SELECT refused, fresh FROM cards_try_v1(%s, %s, %s, %s, %s, %s)", login, kept, office.id,
                          Jsonb(cards), Jsonb(swipes), world.now)[0]  # fmt: skip

    refused = [[4, "0001", int(result_code(9371))]]
    assert tried("b01") == (refused, 2)
    assert tried("c01") == tried("p01") == ([], 0)
    assert world.value("SELECT count(*) FROM card") == 1  # all of it undone
    taking.take_all(world.conn, the_ring(), lambda: world.now)
    assert world.rows("SELECT FROM card_word_end WHERE word_id = %s", kept) == []  # nobody agreed
    content = {"word_id": kept, "sha256": digest.hex()}
    assert office.agreed("cards.file", "cards_file_v1", content | {"sha256": "00"}) == "CARD_ISSUER_UNKNOWN"
    assert office.agreed("cards.file", "cards_file_v1", content) == "OK"
    assert office.taken() == ["SWIPE_OTHERWISE"]
    assert [number for number, *_ in office.mine()] == ["S1", "S2"]
    assert (office.state("6283880000000002"), of_cards(office)) == ("waiting", [])
    world.set_up("ALTER TABLE card_word_agreed DISABLE TRIGGER append_only; DELETE FROM card_word_agreed")
    assert of_cards(office) == [f"card_word {kept} was taken by hand, and nobody agreed to it"]


def test_what_nobody_agreed_to_is_not_taken_whatever_the_worker_says(office: CardOffice):
    office.world.run("INSERT INTO card_word (bank_id, kind, serial, sha256, signed, body, received_at)"
                     " VALUES (%s, 'hand', 'hand:x', '', '{}', '', %s)", office.bank, office.world.now)  # fmt: skip
    kept = office.world.value("SELECT word_id FROM card_word WHERE kind = 'hand'")
    taken = office.code("SELECT cards_take_v1(%s, true, 0, %s, '[]', '[]', %s)", kept, CODE, office.world.now)
    assert taken == "CARD_WORD_UNPROVED"


def test_a_bureau_s_own_catalogue_replaces_the_shared_one_from_its_day_on(office: CardOffice):
    row = {"kind": "item", "code": "08", "valid_from": str(DAY), "name": "差旅费", "dep": ["30211"], "gov": [],
           "func": [], "ended": False}  # fmt: skip

    def change(**fields: Any) -> str:
        return office.agreed("cards.catalogue", "cards_catalogue_v1", row | fields)

    office.swiped("S1")
    one = office.indicator("IND1")  # of function 2010350, government class 50201
    for wrong in ({"code": "8"}, {"name": " "}, {"dep": []}, {"dep": ["99999"]}, {"func": ["1"]}, {"kind": "x"},
                  {"valid_from": str(DAY - timedelta(days=1))}):  # fmt: skip
        assert change(**wrong) == "CARD_CATALOGUE_WRONG", wrong
    assert office.ask(office.line("S1", 5))[0] == "OK"
    assert change(func=["205"]) == "OK"
    assert change(func=["206"]) == "CARD_CATALOGUE_WRONG"  # that day has one already
    for more in ({}, {"indicator": one}):
        assert office.ask(office.line("S1", 5, **more))[0] == "CARD_ITEM_CLASS"
    assert change(code="11", func=["201"], gov=["502"]) == "OK"
    assert office.ask(office.line("S1", 5, item="11"))[0] == "OK"
    assert change(code="12", gov=["503"]) == "OK"
    assert office.ask(office.line("S1", 5, item="12"))[0] == "CARD_ITEM_CLASS"
    assert change(code="13", ended=True) == "OK"
    assert office.ask(office.line("S1", 5, item="13"))[0] == "CARD_ITEM_UNKNOWN"
    assert change(code="40", name="会务费", dep=["30215"], valid_from=str(DAY + timedelta(days=1))) == "OK"
    assert office.ask(office.line("S1", 5, item="40"))[0] == "CARD_ITEM_UNKNOWN"  # not yet
    assert change(kind="exemption", code="02", name="无", dep=[], ended=True) == "OK"
    cash = {"card": office.card_id(), "fen": 5, "item": "16", "exemption": "02", "words": "乡镇"}
    assert office.ask(cash, kind="cash")[0] == "CARD_EXEMPTION_NEEDED"
    shared = "SELECT count(*) FROM cards_items_v1(%s, %s) WHERE code IN ('08', '13')"
    assert (office.world.value(shared, 0, DAY), office.world.value(shared, office.id, DAY)) == (2, 1)
    assert of_cards(office) == []


def test_an_advance_is_settled_once_it_is_repaid_and_what_comes_back_is_lent_first(office: CardOffice):
    office.swiped("S1")
    lent = office.approved(office.line("S1", 120_000), kind="advance")
    settle: dict[str, Any] = {"kind": "settle", "of": lent}
    line = {"of_line": 1, "item": "08"}
    assert office.ask(line | {"fen": 5}, **settle)[0] == "CARD_ADVANCE_UNPAID"
    repayment = office.repayment(lent)
    assert (office.vouch(repayment), office.repaid(repayment)) == ("OK", "OK")
    _code, first = office.ask(line | {"fen": 90_000}, **settle)
    assert office.returned(repayment, 50_000) == "OK"  # before anybody signed
    assert office.ledger()["1218"] == 70_000
    assert office.sign(first, "c01") == ["CARD_CLAIM_OVER"]
    assert office.sign(first, "c01", yes=False) == ["OK"]
    assert office.ask(line | {"fen": 70_001}, **settle)[0] == "CARD_CLAIM_OVER"
    office.approved(line | {"fen": 60_000}, **settle)
    assert office.returned(repayment, 30_000) == "OK"  # 100.00 of it lent, 200.00 spent by now
    assert office.postings(lent) == [
        ("lent", 120_000), ("repaid", 120_000), ("returned", 50_000), ("returned", 10_000), ("returned", 20_000)
    ]  # fmt: skip
    assert ("1218" in office.ledger(), office.ledger()["5001"]) == (False, 40_000)
    assert office.ask(line | {"fen": 1}, **settle)[0] == "CARD_CLAIM_OVER"
    assert (office.sums("IND1")[4], of_cards(office)) == (40_000, [])


def test_a_leaver_s_swipe_is_left_to_himself_by_cashier_and_head(office: CardOffice):
    office.swiped("S1")
    office.swiped("S2", 7_000)

    def waive(login: str, number: str, reason: str = "家庭消费误标") -> str:
        return office.code("SELECT cards_waive_v1(%s, %s, %s, %s)", login, office.swipe_id(number), reason,
                           office.world.now)  # fmt: skip

    def decide(login: str, yes: bool = True) -> str:
        waiver = office.world.value("SELECT max(waiver_id) FROM card_waiver")
        return office.code("SELECT cards_waive_decide_v1(%s, %s, %s, %s)", login, waiver, yes, office.world.now)

    assert waive("c01", "S1") == "CARD_WAIVER_WRONG"  # he is still there
    assert office.posts(("P01", "101001"), until=str(office.world.now.date() - timedelta(days=1))) == "OK"
    assert office.leavers() == 1
    assert (waive("h01", "S1"), waive("c01", "S1", " "), waive("c01", "S1")) == (
        "PERMISSION_MISSING", "CARD_WAIVER_WRONG", "OK")  # fmt: skip
    assert waive("c01", "S1") == "CARD_WAIVER_WRONG"  # one at a time
    person = office.world.value("SELECT person_id FROM card")
    _code, claim = office.ask(office.line("S1", 5), login="c01", person=person)
    assert decide("c01") == decide("h01") == "CARD_WAIVER_STATE"  # something of it is claimed by now
    assert office.code("SELECT cards_withdraw_v1('c01', %s, %s)", claim, office.world.now) == "OK"
    office.login("c01h", "unit_head", person="C01")
    assert (decide("c01"), decide("c01h"), decide("h01"), decide("h01")) == (
        "PERMISSION_MISSING", "CARD_SAME_PERSON", "OK", "CARD_WAIVER_STATE")  # fmt: skip
    assert office.official() == [(7_000, 0, 0, 7_000)]
    assert office.mine() == [("S1", "private", 120_000), ("S2", "official", 7_000)]
    assert office.ask(office.line("S1", 5), login="c01", person=person)[0] == "CARD_CLAIM_SWIPE"
    assert (waive("c01", "S2"), decide("h01", yes=False), waive("c01", "S2"), decide("h01")) == ("OK",) * 4
    assert office.leavers() == 2  # nothing is open: he has left
    assert of_cards(office) == []
    office.world.set_up("ALTER TABLE card_mark DISABLE TRIGGER append_only; DELETE FROM card_mark WHERE turn = 2")
    assert len(of_cards(office)) == 2
