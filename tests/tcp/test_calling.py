"""The hub as the bank of a biller that speaks the TCP dialect."""

import pytest

from tests.tcp.bench import TcpBench
from tests.world import NOON
from yifen.core.facts.codes import Code
from yifen.core.wire.messages import Charge, Line, Query, Reverse


@pytest.mark.parametrize("meets", ["", "lost", "drop", "late", "forged"])
def test_a_biller_is_asked_and_paid_once_whatever_the_line_does(bench: TcpBench, meets: str):
    account, bill = bench.far_account(meets)
    channel = bench.hub.roster.partners["CEB"]
    _, owed = bench.run(bench.hub.query(channel, Query(biller="FAR", account_no=account)))
    assert [(view.payable, view.due_fen) for view in owed.payables] == [bill]
    paid = Charge(serial=f"F{meets}", biller="FAR", account_no=account, amount_fen=bill[1], paid_at=NOON,
                  lines=[Line(payable=bill[0], amount_fen=bill[1])])  # fmt: skip
    code, _ = bench.run(bench.hub.charge(channel, paid))
    assert code is (Code.PROCESSING if meets else Code.OK)
    if meets:
        bench.settle()
        code, _ = bench.run(bench.hub.charge(channel, paid))
    assert code is Code.OK
    assert [fen for fen, state in bench.books.state().values() if state == "booked"].count(bill[1]) == 1
    back = Reverse(serial=f"R{meets}", original_serial=paid.serial, amount_fen=bill[1])
    assert bench.run(bench.hub.give_back(channel, back))[0] is Code.PROCESSING
    bench.settle()
    assert bench.run(bench.hub.give_back(channel, back))[0] is Code.BILLER_REJECTED  # the dialect has no reversal
