"""Cards as their bank tells of them: in any order, twice, otherwise; confirmed by units; stopped for leavers."""

from datetime import timedelta

import pytest

from tests.budget.bureau import CODE
from tests.cards.office import CARD, CardOffice
from tests.cards.test_words import OPENED, PURCH
from tests.world import the_ring
from yifen.core.facts.refused import Refused
from yifen.core.wire.messages import WireFault
from yifen.trades.cards.codes import CardCode as C
from yifen.trades.cards.doors import taking
from yifen.trades.cards.words import fixed_words, xml_words
from yifen.trades.cards.words.wording import CardWord

OTHER = "6283880000000002"


def test_a_card_lives_as_its_bank_says_and_words_in_the_wrong_order_are_refused_by_number(office: CardOffice):
    assert office.take([office.card()]) == []  # told again, alike
    assert office.take([office.card(staff_no="C01", name="")]) == ["CARD_OTHERWISE"]
    assert office.take([office.card("lost", 10), office.card("lost", 10)]) == []
    assert office.state() == "lost"
    assert office.take([office.card("found", 5), office.card("stopped", 12), office.card("resumed", 12)]) == [
        "CARD_WORD_LATE",
        "CARD_STATE_WRONG",
        "CARD_STATE_WRONG",
    ]
    assert office.take([office.card("found", 11), office.card("stopped", 12), office.card("stopped", 12)]) == []
    assert office.state() == "stopped"
    assert office.take([office.card("cancelled", 13), office.card("resumed", 14)]) == ["CARD_STATE_WRONG"]
    assert office.state() == "cancelled"
    assert office.take(
        [
            office.card("lost", 1, OTHER),
            office.card(card_no=OTHER, staff_no="X99"),
            office.card(card_no=OTHER, name="别人"),
            office.card(card_no=OTHER, unit="999"),
            office.card("lost", 60 * 48),
        ]
    ) == ["CARD_UNKNOWN", "CARD_PERSON_UNKNOWN", "CARD_PERSON_UNKNOWN", "CARD_UNIT_UNKNOWN", "CARD_FIELDS"]
    said = office.world.rows("SELECT kind, was, state FROM card_event ORDER BY event_id")
    assert said == [
        ("new", "waiting", "waiting"),
        ("confirmed", "waiting", "active"),
        ("lost", "active", "lost"),
        ("found", "lost", "active"),
        ("stopped", "active", "stopped"),
        ("cancelled", "stopped", "cancelled"),
    ]
    # Somebody of the bureau deals with what was refused.
    row = office.world.value("SELECT row_id FROM card_word_row WHERE code = %s", int(C.CARD_WORD_LATE))
    settle = "SELECT cards_settle_row_v1(%s, %s, '已问过银行', %s)"
    assert office.code(settle, "c01", row, office.world.now) == "PERMISSION_MISSING"
    assert office.code(settle, "b01", row, office.world.now) == "OK"


def test_each_unit_confirms_a_card_for_itself_and_nobody_his_own(office: CardOffice):
    assert office.posts(("P01", "101002"), ("C02", "101002")) == "OK"
    office.login("c02", "unit_cashier")
    assert office.take([office.card("place", 1, unit="101002"), office.card("place", 2, unit="101002")]) == [
        "CARD_STATE_WRONG"
    ]
    assert office.confirm("c01", "101002") == "PERMISSION_MISSING"
    assert office.confirm("c02", "101002", yes=False) == "OK"
    assert office.confirm("c02", "101002") == "CARD_PLACE_STATE"
    assert office.take([office.card("place", 3, unit="101002"), office.card("unplace", 2, unit="101001")]) == []
    assert office.state() == "waiting"  # no unit has confirmed it now
    assert office.confirm("c02", "101002") == "OK"
    assert office.state() == "active"
    assert office.take([office.card(card_no=OTHER, staff_no="C02", name="", unit="101002")]) == []
    assert office.confirm("c02", "101002", card=office.card_id(OTHER)) == "CARD_SAME_PERSON"
    assert office.state(OTHER) == "waiting"


def test_a_reissued_card_continues_the_old_one_with_its_swipes(office: CardOffice):
    office.swiped("S1")
    assert (
        office.take([office.card("reissued", 5, new_card_no=OTHER), office.card("reissued", 5, new_card_no=OTHER)])
        == []
    )
    assert (office.state(), office.state(OTHER)) == ("reissued", "active")
    assert office.take(
        [
            office.card("lost", 9),
            office.card("reissued", 9, new_card_no="6283880000000003"),
            office.card("reissued", 9, OTHER, new_card_no=CARD),
        ]
    ) == ["CARD_STATE_WRONG", "CARD_STATE_WRONG", "CARD_REISSUE_TAKEN"]
    # What is told again under the new number is the same swipe; its refund comes there.
    assert (
        office.take(
            swipes=[
                office.swipe("S1", card_no=OTHER),
                office.swipe("S2", 500, "refund", card_no=OTHER, reference="RS1"),
            ]
        )
        == []
    )
    assert office.mine() == [("S1", "official", 119_500), ("S2", "official", 0)]
    claim = office.approved(office.line("S1", 119_500))
    assert office.vouch(office.repayment(claim)) == "OK"
    assert office.world.value("SELECT card_id FROM card_repayment") == office.card_id(OTHER)


def test_a_word_counts_once_and_only_of_its_bank(office: CardOffice):
    body = xml_words.written(CardWord(serial="X1", bureau=CODE, cards=[office.card("lost", 10)]))
    office.push(body)
    office.push(body)
    office.push(body.replace(b"lost", b"stopped"))  # which of the two came first the worker says
    assert office.taken() == ["CARD_WORD_OTHERWISE"]
    with pytest.raises(Refused) as refused:
        office.push(body.replace(b"lost", b"found"))
    assert refused.value.code is C.CARD_WORD_OTHERWISE
    with pytest.raises(WireFault):
        office.push(body, secret=b"another secret of 32 bytes 00000")
    assert office.state() == "lost"
    office.push(xml_words.written(CardWord(serial="X2", bureau="999999999", cards=[office.card("found", 11)])))
    assert office.taken() == ["CARD_ISSUER_UNKNOWN"]
    # A row that nobody signed.
    office.world.run(
        "INSERT INTO card_word (bank_id, kind, serial, sha256, signed, body, received_at) SELECT bank_id, kind, 'X3',"
        " sha256, signed, %s, received_at FROM card_word WHERE serial = 'X1'",
        the_ring().seal(body.replace(b"X1", b"X3"), taking.context(office.bank, "X3")),
    )
    assert (office.taken(), office.state()) == (["CARD_WORD_UNPROVED"], "lost")


def test_files_do_what_messages_do(office: CardOffice):
    opened = fixed_words.line(OPENED | {"name": "姓名C01", "id": "C01", "card": OTHER}, fixed_words.CDOPN)
    office.push(opened, "0310-CDOPN-450300000-1")
    assert (office.taken(), office.state(OTHER)) == ([], "waiting")
    again = fixed_words.line(
        OPENED | {"card": OTHER, "new_card": "6283880000000003"}, fixed_words.CDOPN
    )  # of the same day
    office.push(again, "0310-CDREP-450300000-2")
    assert (office.taken(), office.state(OTHER), office.state("6283880000000003")) == ([], "reissued", "waiting")
    bought = [
        fixed_words.line(PURCH | {"trace": f"00000{n}", "card": card, "currency": currency}, fixed_words.PURCH)
        for n, card, currency in (
            (1, "166283880000000001", "156"),
            (2, "166283880000000009", "156"),
            (3, "166283880000000001", "840"),
        )
    ]
    office.push(b"".join(bought), "0310-PURCH-450300000-3")
    assert office.taken() == ["CARD_UNKNOWN", "SWIPE_CNY_MISSING"]
    assert office.mine() == [("20261123000001", None, 120_000)]


def test_who_leaves_with_open_swipes_is_stopped_until_all_is_settled(office: CardOffice):
    office.swiped("S1")
    today = office.world.now.date()
    assert office.posts(("P01", "101001"), until=str(today - timedelta(days=1))) == "OK"
    assert (office.leavers(), office.leavers()) == (1, 0)
    assert office.world.value("SELECT left_at IS NOT NULL FROM card") is True
    assert office.ask(office.line("S1", 120_000))[0] == "PERMISSION_MISSING"  # he can do nothing any more
    assert office.mine() == []
    person = office.world.value("SELECT person_id FROM card")
    code, claim = office.ask(office.line("S1", 120_000), login="c01", person=person)
    assert code == "OK"
    assert office.sign(claim, "c01") == ["CARD_SAME_PERSON"]
    assert office.posts(("C03", "101001")) == "OK"
    office.login("c03", "unit_cashier")
    assert office.sign(claim, "c03", "h01") == ["OK", "OK"]
    assert office.leavers() == 0  # not repaid yet
    repayment = office.repayment(claim or 0)
    assert (office.vouch(repayment), office.repaid(repayment)) == ("OK", "OK")
    assert office.leavers() == 2
    assert office.world.rows("SELECT c.left_at, l.state FROM card c JOIN card_place l USING (card_id)") == [
        (None, "ended")
    ]


def test_a_mover_s_swipe_is_paid_by_the_unit_where_he_stood_and_claimed_there_by_its_cashier(office: CardOffice):
    assert office.take(swipes=[office.swipe("S1")]) == []
    today = office.world.now.date()
    moved = today - timedelta(days=1)
    assert office.posts(("P01", "101001"), until=str(moved)) == "OK"
    assert office.posts(("P01", "101002"), **{"from": str(moved + timedelta(days=1))}) == "OK"
    then = office.world.now - timedelta(days=2)
    assert office.take([office.card("place", 30, unit="101002")], [office.swipe("OLD", swiped_at=then)]) == []
    assert office.posts(("C02", "101002")) == "OK"
    office.login("c02", "unit_cashier")
    assert office.confirm("c02", "101002") == "OK"
    assert office.leavers() == 1  # the old registration has ended
    assert office.mark("OLD", unit="101002") == "SWIPE_MARK_WRONG"
    assert office.mark("S1", unit="101001") == "SWIPE_MARK_WRONG"
    assert (office.mark("OLD", unit="101001"), office.mark("S1", unit="101002")) == ("OK", "OK")
    line = office.line("OLD", 120_000)
    assert office.ask(line)[0] == "PERMISSION_MISSING"
    person = office.world.value("SELECT person_id FROM card")
    assert office.ask(line, login="c02", unit="101002", person=person)[0] == "PERMISSION_MISSING"  # he stands there
    cash = {"card": office.card_id(), "fen": 5, "item": "16", "exemption": "02", "words": "乡镇无 POS"}
    assert office.ask(cash, login="c01", kind="cash", person=person)[0] == "PERMISSION_MISSING"
    assert office.ask(line, login="c01", person=person)[0] == "OK"
    assert office.sums("IND1")[3] == 120_000
