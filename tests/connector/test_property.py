"""Random payments, doubled deliveries, outages, lost answers, reversals: the utility's table has each paid serial once,
and its sum is the ledger's."""

import os
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.connector.bench import ConnectorBench
from yifen.core.facts.codes import Code
from yifen.core.wire.messages import Charge
from yifen.trades.connector.codes import ConnectorCode as C
from yifen.trades.connector.database import DatabaseFault, UtilityDatabase
from yifen.trades.connector.faults import Fault

EXAMPLES = 200 if os.environ.get("YIFEN_TESTS") == "all" else 4
ACTS = ("pay", "pay", "pay", "again", "reverse", "outage", "over", "lost before", "lost behind", "settle",
        "their counter")
_END = UtilityDatabase._end


class LineBreaks:
    """Before or behind the end of a writing."""

    def __init__(self) -> None:
        self.next = ""

    def end(self, database: UtilityDatabase, conn: Any, word: str) -> None:
        now, self.next = (self.next, "") if word == "COMMIT" else ("", self.next)
        if now == "before":
            _END(database, conn, "ROLLBACK")
        else:
            _END(database, conn, word)
        if now:
            raise DatabaseFault(Fault(C.DATABASE_AWAY, "", f"the line broke {now}"))


@settings(max_examples=EXAMPLES, deadline=None)
@given(acts=st.lists(st.sampled_from(ACTS), min_size=6, max_size=25), seed=st.integers(0, 2**32))
def test_each_serial_stands_there_once_and_the_sum_is_the_ledgers(bench: ConnectorBench, acts: list[str], seed: int):
    chance, breaks, is_away = Random(seed), LineBreaks(), False
    sent: list[Charge] = []
    UtilityDatabase._end = lambda self, conn, word: breaks.end(self, conn, word)  # type: ignore[method-assign]
    try:
        for act in acts:
            bench.calm()
            if act == "pay" and not is_away:
                account = bench.account(*(chance.randrange(1, 90_000) for _ in range(chance.randrange(1, 4))))
                message = bench.charge_of(account, chance.randrange(1, 4))
                if chance.random() < 0.25:  # it breaks between query and charge
                    bench.utility.away()
                    is_away = True
                sent.append(message)
                assert bench.charge(message)[0] in (Code.OK, Code.PROCESSING)
            elif act == "again" and sent:
                bench.charge(chance.choice(sent))
            elif act == "reverse" and sent:
                bench.reverse(chance.choice(sent))
            elif act == "outage" and not is_away:
                bench.utility.away()
                is_away = True
            elif act == "over" and is_away:
                bench.utility.back()
                is_away = False
            elif act.startswith("lost"):
                breaks.next = act.split()[1]
            elif act == "settle":
                bench.settle(chance.randrange(1, 3))
            elif act == "their counter" and sent and not is_away:
                bill = chance.choice(sent).lines[0].payable
                bench.utility.run("UPDATE bill SET paid = 1 WHERE bill_no = %s", bill)
        breaks.next = ""
        if is_away:
            bench.utility.back()
        for _ in range(3):
            bench.patience()
            bench.settle(2)
    finally:
        UtilityDatabase._end = _END  # type: ignore[method-assign]
    assert (bench.undecided(), bench.held_fen()) == (0, 0)
    receipts = bench.utility.receipts()  # which says so itself where one stands twice
    booked = dict(bench.owner("SELECT payment_id::text, amount_fen FROM payment WHERE payer_state = 'taken'"
                              " AND biller_state = 'booked'"))  # fmt: skip
    assert receipts == booked
    assert sum(receipts.values()) == bench.booked_fen()
