"""A mandate from its signing to its stop: every posting at the core and in the ledger (docs/mandates.md)."""

import re

import pytest

from tests.corebank.bench import CARD, TRANSIT
from tests.mandates.bench import CHANNEL, MandateBench
from yifen.core.facts.refused import Refused
from yifen.core.wire.messages import Reverse
from yifen.trades.mandates import asking
from yifen.trades.mandates.codes import MandateCode
from yifen.trades.mandates.doors.words import DEBIT


def test_signed_debited_by_tap_and_by_word_given_back_and_stopped(bench: MandateBench):
    from yifen.trades.mandates import noticing

    card, transit = bench.books.balances()[CARD], bench.books.balances()[TRANSIT]
    customer = bench.customer(A=12_000, B=2_345)
    mandate = bench.sign(customer, once_fen=20_000, month_fen=30_000)

    # One tap: both bills. The core first, the hub then.
    tapped = bench.tap(mandate.number, 14_345)
    assert bench.posted(tapped.serial) == [(CARD, -14_345), (TRANSIT, 14_345)]
    assert bench.ledger(tapped.serial) == [("1121", "2241", 14_345)]
    assert bench.left(mandate.number) == 15_655

    # No-feel: a channel's word; asked twice it is one debit.
    bench.owe(customer, C=5_000)
    told = {"biller": bench.code, "customer": customer, "amount_fen": 5_000}
    bench.word(DEBIT, "S-1", told)
    bench.work()
    serial = bench.word(DEBIT, "S-1", told).number
    assert bench.posted(serial) == [(CARD, -5_000), (TRANSIT, 5_000)]
    assert bench.ledger(serial) == [("1121", "2241", 5_000)]
    assert bench.take(mandate.number, "debit_item:90001", 10_656) == MandateCode.MANDATE_OVER_MONTH

    # The payment is taken back: its money goes to the account it came from, and counts for no limit any more.
    code, _reply = bench.hub.give_back(CHANNEL, Reverse(serial=f"X{serial}", original_serial=serial, amount_fen=5_000))
    assert code == 0
    bench.work(2)
    ((back,),) = bench.rows("SELECT b.serial FROM mandate_back b JOIN mandate_single USING (single_id)"
                            " WHERE mandate_single.serial = %s", serial)  # fmt: skip
    assert bench.posted(back) == [(TRANSIT, -5_000), (CARD, 5_000)]
    assert bench.ledger(serial) == [("1121", "2241", 5_000), ("2241", "1121", 5_000)]
    assert bench.left(mandate.number) == 15_655

    # The notice's link stops it with one touch.
    link = noticing.stop_url(bench.ring, mandate)
    number, key = re.search(r"/mandates/stop/(DK\d+)/(\w+)/$", link).groups()
    asking.stop(bench.web, bench.ring, number, "link", bench.clock(), key)
    with pytest.raises(Refused) as found:
        bench.tap(mandate.number, 5_000)
    assert found.value.code is MandateCode.MANDATE_ENDED
    whats = bench.rows("SELECT what, by FROM mandate_event JOIN mandate USING (mandate_id) WHERE number = %s"
                       " ORDER BY event_id", number)  # fmt: skip
    assert whats == [("signed", "mand-t / mand-s"), ("ended", "link")]
    now = bench.books.balances()
    assert (now[CARD] - card, now[TRANSIT] - transit) == (-14_345, 14_345)
    assert bench.altered() == []
