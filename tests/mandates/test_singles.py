"""Single debits: core first, hub then; once, whatever is lost; and what partners and payers ask for."""

import pytest

from tests.corebank.bench import CARD, TRANSIT
from tests.mandates.bench import CHANNEL, HOLDER, ID_NO, PHONE, MandateBench
from yifen.core.facts.refused import Refused
from yifen.core.wire.messages import WireFault
from yifen.hub.corebank.codes import CoreCode
from yifen.trades.mandates.codes import MandateCode
from yifen.trades.mandates.doors.words import ASK, CANCEL, DEBIT


def refused(call, *args, **kwargs):
    with pytest.raises(Refused) as found:
        call(*args, **kwargs)
    return found.value.code


def payments(bench: MandateBench, customer: str):
    return bench.rows("SELECT y.amount_fen, y.payer_state::text, c.code FROM payment y"
                      " JOIN partner c ON c.id = y.channel_id WHERE y.account_no = %s ORDER BY 1",
                      customer)  # fmt: skip


def test_one_tap_is_posted_at_the_core_then_booked_as_an_ordinary_payment(bench: MandateBench):
    customer = bench.customer(A=10_000, B=2_345)
    mandate = bench.sign(customer, once_fen=20_000)
    done = bench.tap(mandate.number, 12_345, "form-1")
    assert (done.state, done.amount_fen) == ("booked", 12_345)
    assert bench.posted(done.serial) == [(CARD, -12_345), (TRANSIT, 12_345)]
    assert payments(bench, customer) == [(12_345, "taken", CHANNEL)]
    assert refused(bench.tap, mandate.number, 12_345) is MandateCode.SINGLE_BILLS
    assert bench.altered() == []


@pytest.mark.parametrize("meets", ["late", "lost", "garbage", "slow", "drop"])
def test_a_lost_answer_of_the_core_is_asked_for_and_nobody_pays_twice(bench: MandateBench, meets):
    customer = bench.customer(A=777)
    mandate = bench.sign(customer)
    asked = bench.tap(mandate.number, 777, f"lost-{meets}", (meets,))
    assert asked.state in ("asked", "booked")
    bench.work(12)
    assert bench.posted(asked.serial) == [(CARD, -777), (TRANSIT, 777)]
    assert payments(bench, customer) == [(777, "taken", CHANNEL)]
    assert bench.altered() == []


def test_what_the_hub_refuses_goes_back_to_the_account(bench: MandateBench):
    from yifen.trades.mandates import singles

    customer = bench.customer(A=500)
    mandate = bench.sign(customer, month_fen=500)
    with bench.meeting("ok"):
        one = singles.tap(bench.outside(bench.web), mandate.number, "late-bill", [], 500, bench.clock())
    bench.owner("UPDATE payable SET state = 'withdrawn' WHERE account_no = %s", customer)
    before = bench.books.balances()[CARD]
    assert singles.advance(bench.outside(bench.web), one.single_id, bench.clock()) == "back"
    assert bench.books.balances()[CARD] == before
    assert bench.posted(f"{one.serial}U") == [(TRANSIT, -500), (CARD, 500)]
    assert bench.rows("SELECT back_at IS NOT NULL FROM mandate_use WHERE document = %s",
                      f"mandate_single:{one.single_id}") == [(True,)]  # fmt: skip
    assert (payments(bench, customer), bench.altered()) == ([], [])


def test_a_debit_is_refused_by_number_and_nothing_is_posted(bench: MandateBench):
    card = bench.card(400)
    customer = bench.customer(A=500)
    short = bench.sign(customer, card)
    journal = len(bench.books.journal)
    done = bench.tap(short.number, 500)
    assert (done.state, done.code) == ("refused", CoreCode.CORE_SHORT)
    assert bench.take(short.number, "debit_item:88", 1) == 0
    limited = bench.sign(bench.customer(A=500), once_fen=499)
    assert refused(bench.tap, limited.number, 500) is MandateCode.MANDATE_OVER_ONCE
    ended = bench.sign(bench.customer(A=500))
    bench.end(ended.number)
    assert refused(bench.tap, ended.number, 500) is MandateCode.MANDATE_ENDED
    batch_only = bench.sign(bench.customer(A=500), one_tap=False)
    assert refused(bench.tap, batch_only.number, 500) is MandateCode.MANDATE_KIND
    assert len(bench.books.journal) == journal


def test_what_a_return_takes_back_goes_to_the_account_by_a_move_of_its_own(bench: MandateBench):
    from yifen.core.wire.messages import Reverse

    customer = bench.customer(A=900)
    mandate = bench.sign(customer, month_fen=900)
    done = bench.tap(mandate.number, 900)
    before = bench.books.balances()[CARD]
    message = Reverse(serial=f"X{done.serial}", original_serial=done.serial, amount_fen=900)
    code, _reply = bench.hub.give_back(CHANNEL, message)
    assert code == 0
    bench.work(2)
    assert bench.books.balances()[CARD] == before + 900
    assert bench.rows("SELECT state FROM mandate_single WHERE serial = %s", done.serial) == [("back",)]
    assert bench.take(mandate.number, "debit_item:77", 900) == 0
    assert bench.altered() == []


def test_a_partners_signed_word_debits_without_a_touch_and_once(bench: MandateBench):
    customer = bench.customer(A=1_000)
    bench.sign(customer, once_fen=1_000)
    told = {"biller": bench.code, "customer": customer, "amount_fen": 1_000}
    assert bench.word(DEBIT, "W-1", told).code is None
    bench.work()
    end = bench.word(DEBIT, "W-1", told)
    assert (end.code, len(bench.posted(end.number))) == (0, 2)
    bench.work()
    assert payments(bench, customer) == [(1_000, "taken", CHANNEL)]
    assert refused(bench.word, DEBIT, "W-1", told | {"amount_fen": 999}) is MandateCode.SINGLE_OTHERWISE
    bench.word(DEBIT, "W-2", told)
    bench.word(DEBIT, "W-3", told | {"customer": "nobody"})
    bench.work()
    assert bench.word(DEBIT, "W-2", told).code == MandateCode.SINGLE_BILLS
    assert bench.word(DEBIT, "W-3", told | {"customer": "nobody"}).code == MandateCode.MANDATE_NONE
    with pytest.raises(WireFault):
        bench.word(DEBIT, "W-4", told, secret=b"another secret of thirty-two by!")
    bench.web.execute("SELECT mandates_word_v1(%s, 'W-5', 'debit', '{}', 'x', now())", (bench.place.own.channel,))
    bench.work()
    ends = bench.rows("SELECT code FROM mandate_word JOIN mandate_word_end USING (word_id) WHERE serial = 'W-5'")
    assert ends == [(MandateCode.MANDATE_WORD_UNPROVED,)]
    assert bench.altered() == []


def test_a_mandate_that_a_partner_asks_for_waits_for_the_holders_own_word_at_his_bank(bench: MandateBench):
    from yifen.trades.mandates import asking, kept

    customer = bench.customer(A=100)
    told = {"biller": bench.code, "customer": customer, "account_no": CARD, "name": HOLDER, "id_kind": "id_card",
            "id_no": ID_NO, "phone": PHONE, "once_fen": 200, "month_fen": 900, "one_tap": True}  # fmt: skip
    bench.word(ASK, "A-1", told)
    bench.work()
    number = bench.word(ASK, "A-1", told).number
    in_force = "SELECT number FROM mandates_for_v1(%s, %s, mandates_day_v1(%s, now()))"
    cores = bench.cores(bench.web)
    asking.send_code(cores, number)
    assert refused(asking.agree, cores, number, "000000", bench.clock()) is MandateCode.MANDATE_NOT_AGREED
    bench.work()
    assert bench.rows(in_force, bench.biller, customer, bench.biller) == []
    asking.agree(cores, number, bench.books.codes[number], bench.clock())
    assert kept.find(bench.web, number).state == "asked"
    bench.work()
    assert bench.rows(in_force, bench.biller, customer, bench.biller) == [(number,)]
    assert bench.tap(number, 100).state == "booked"
    bench.word(CANCEL, "C-1", {"number": number})
    bench.work()
    assert (kept.find(bench.web, number).state, kept.find(bench.web, number).end_why) == ("ended", "partner")
    assert bench.altered() == []


def test_a_word_of_the_core_that_it_did_not_sign_makes_no_mandate(bench: MandateBench):
    from yifen.trades.mandates import asking, kept, rules
    from yifen.trades.mandates.kept import sealed_word

    customer = bench.customer()
    number = rules.new_number(bench.clock())
    asking.ask(bench.web, bench.ring, bench.agreement(customer, month_fen=900), number, bench.clock())
    state, signed = asking._agree(bench.cores(bench.web), kept.find(bench.web, number), "")
    assert state.state == "sent"
    forged = (*signed[:3], signed[3].replace('"sent"', '"agreed"'))
    key, word = rules.payer_key(bench.ring, number), sealed_word(bench.ring, number, forged)
    bench.web.execute("SELECT mandates_agreed_v1(%s, %s, %s, now())", (number, key, word))
    bench.work()
    assert (kept.find(bench.web, number).state, kept.find(bench.web, number).end_why) == ("refused", "refused")


def test_one_touch_stops_at_once_and_the_links_key_is_nobodys_guess(bench: MandateBench):
    from yifen.trades.mandates import asking, kept

    customer = bench.customer(A=100)
    number = bench.sign(customer).number
    asking.stop(bench.web, bench.ring, number, "link", bench.clock())
    assert kept.find(bench.web, number).end_why == "link"
    assert refused(bench.tap, number, 100) is MandateCode.MANDATE_ENDED
    guessed = refused(asking.stop, bench.web, bench.ring, number, "link", bench.clock(), "0" * 32)
    assert guessed is MandateCode.MANDATE_UNKNOWN
