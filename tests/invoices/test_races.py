"""A reprint beside a reversal, and two prints beside each other, on real connections: one of both happens."""

from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.counter.standing import NOW
from tests.invoices.standing import FIRST, Papers
from tests.invoices.test_prints import RETURNED, TAKEN, another
from yifen.core.facts.codes import Code
from yifen.trades.invoices.codes import InvoiceCode


@pytest.fixture
def printed(papers: Papers) -> Any:
    """A payment whose invoice was printed."""
    papers.roll()
    papers.counter.open()
    entry = papers.counter.collect()
    papers.print(entry.payment_id, FIRST)
    return papers, entry


def taken_back(papers: Papers, entry: Any) -> Any:
    """By the hub's own connection, as a channel asks."""
    from yifen.core.wire.messages import Reverse

    asked = Reverse(serial=f"{entry.serial}R", original_serial=entry.serial, amount_fen=entry.amount_fen, reason="x")
    return papers.counter.hub.give_back("DESK", asked)[0]


def waits(papers: Papers, count: int) -> None:
    """Until so many of the database's sessions wait for a lock."""
    late = monotonic() + 10
    while monotonic() < late:
        ((waiting,),) = papers.read("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                    " AND wait_event_type = 'Lock'")
        if waiting >= count:
            return
        sleep(0.02)
    raise AssertionError("nobody waits")


def test_a_reversal_that_comes_while_a_reprint_is_under_way_waits_and_is_refused(printed: Any):
    from django.db import transaction

    papers, entry = printed
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            papers.reprint(entry.payment_id, FIRST + 1)
            later: Future[Any] = pool.submit(taken_back, papers, entry)
            waits(papers, 1)
            assert not later.done()
        assert later.result(10) is Code.REVERSAL_BARRED
    assert papers.counter.payments() == [(12_345, *TAKEN)]
    assert papers.altered() == []


def reprinted(papers: Papers, entry: Any) -> Any:
    """In a thread of its own, so on a connection of its own. The code that refused it, None when it was printed."""
    from yifen.core.facts.refused import Refused

    try:
        papers.reprint(entry.payment_id, FIRST + 1)
    except Refused as refused:
        return refused.code
    finally:
        connection.close()
    return None


@pytest.mark.parametrize("first", ["reprint", "reversal"])
def test_of_a_reprint_and_a_reversal_that_wait_for_the_same_lock_one_happens(printed: Any, first):
    papers, entry = printed
    acts = {"reprint": reprinted, "reversal": taken_back}
    order = sorted(acts, key=lambda name: name != first)
    with ThreadPoolExecutor(2) as pool, psycopg.connect(papers.place.database.owner_url) as conn:
        conn.execute("SELECT FROM ledger_head WHERE bucket = %s FOR UPDATE", (entry.payment_id % 1000,))
        later = {}
        for place, name in enumerate(order, 1):
            later[name] = pool.submit(acts[name], papers, entry)
            waits(papers, place)
        conn.commit()
        said = {name: one.result(10) for name, one in later.items()}
    if first == "reprint":
        assert said == {"reprint": None, "reversal": Code.REVERSAL_BARRED}
        assert papers.counter.payments() == [(12_345, *TAKEN)]
    else:
        assert said == {"reprint": InvoiceCode.INVOICE_PAYMENT_UNFIT, "reversal": Code.OK}
        assert papers.counter.payments() == [(12_345, *RETURNED)]
    assert papers.altered() == []


def test_two_prints_of_one_teller_at_once_do_not_get_one_number(papers: Papers):
    from yifen.core.facts.refused import Refused

    papers.roll()
    papers.counter.open()
    entries = [papers.counter.collect(), another(papers, "C1")]

    def printed_by(entry: Any) -> Any:
        try:
            papers.print(entry.payment_id, FIRST)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(2) as pool, psycopg.connect(papers.place.database.owner_url) as conn:
        conn.execute("SELECT FROM ledger_head FOR UPDATE")
        later = [pool.submit(printed_by, entry) for entry in entries]
        waits(papers, 2)
        conn.commit()
        said = [one.result(10) for one in later]
    assert sorted(said, key=str) == [InvoiceCode.INVOICE_NOT_LOWEST, None]
    assert papers.states()[:2] == [(FIRST, FIRST, "used"), (FIRST + 1, FIRST + 99, "hand")]


@pytest.mark.parametrize("first", ["print", "end"])
def test_a_print_beside_the_end_of_its_shift_is_counted_or_is_not_done(papers: Papers, first):
    """The count of papers is of what stands when the shift ends."""
    from tests.web import site
    from yifen.core.facts.refused import Refused
    from yifen.trades.counter.codes import CounterCode
    from yifen.trades.counter.operations.shifts import close_shift

    papers.roll()
    shift = papers.counter.open(0)
    entry = papers.counter.collect()
    papers.count(papers.teller, "day", papers.teller, (FIRST, FIRST + 99))

    def answer(act: Any) -> Any:
        try:
            act()
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return None

    cash = {10_000: 1, 2_000: 1, 100: 3, 10: 4, 5: 1}  # 123.45
    acts = {"print": lambda: papers.print(entry.payment_id, FIRST),
            "end": lambda: close_shift(site.access(papers.teller), cash, NOW)}  # fmt: skip
    with ThreadPoolExecutor(2) as pool, psycopg.connect(papers.place.database.owner_url) as conn:
        conn.execute("SELECT FROM counter_shift WHERE id = %s FOR UPDATE", (shift.pk,))
        later = {}
        for place, name in enumerate(sorted(acts, key=lambda name: name != first), 1):
            later[name] = pool.submit(answer, acts[name])
            waits(papers, place)
        conn.commit()
        said = {name: one.result(10) for name, one in later.items()}
    ended, printed = said["end"] is None, said["print"] is None
    assert (ended, printed) != (True, True)
    if ended:
        assert said["print"] is CounterCode.SHIFT_NOT_OPEN
    assert papers.states()[0] == ((FIRST, FIRST, "used") if printed else (FIRST, FIRST + 99, "hand"))
    assert papers.altered() == []
