"""A month of batch debit with payments elsewhere in between: nobody pays twice, and what files say is what books have.

In a run of everything 300 customers and three days; `YIFEN_MONTH=100000,30 ./yifen test tests/debits/test_month.py`
is the whole of it.
"""

import os
from datetime import date
from random import Random

import psycopg

from tests.debits.bench import DebitBench
from tests.debits.test_crash import dying
from tests.mandates.bench import HOLDER
from tests.world import the_ring
from yifen.core.facts.buckets import account_bucket
from yifen.hub.corebank import accounts
from yifen.hub.payments import payables
from yifen.hub.payments.payables import NewPayable
from yifen.hub.simulators.core_books import CoreAccount
from yifen.trades.debits import files
from yifen.trades.debits.layouts import LAYOUTS
from yifen.trades.debits.running import advance

CUSTOMERS, DAYS = map(int, os.environ.get("YIFEN_MONTH", "300,3").split(","))
PIECE = 2_000


def settled(bench: DebitBench, count: int, rng: Random) -> dict[str, str]:
    """So many customers with mandates, each with a card that has money for some of the days: customer → card."""
    ring, made = the_ring(), {}
    with psycopg.connect(bench.place.database.owner_url) as owner, owner.cursor() as cursor:
        for number in range(count):
            customer, card, name = f"88{number:08d}", f"62220400{number:011d}", f"DK{number:018d}"
            bench.books.accounts[card] = CoreAccount(card, HOLDER, "personal", rng.choice((0, 500, 100_000)))
            sealed = [ring.seal(one, f"mandate:{name}") for one in (card.encode(), f'["{HOLDER}", "", ""]'.encode())]
            cursor.execute(
                "INSERT INTO mandate (number, biller_id, customer, institution_id, core_id, account_sealed,"
                " account_lookup, account_shown, kind, holder_sealed, holder_shown, phone_sealed, phone_lookup,"
                " once_fen, month_fen, batch, no_feel, one_tap, rank, signed_on, from_on, source, confirmed_at,"
                " stop_hash, made_at, changed_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'personal', %s, '*', '', '',"
                " 0, 0, true, false, false, 1, %s, %s, 'payer', now(), decode(repeat('00', 32), 'hex'), now(), now())",
                (name, bench.biller, customer, bench.branch, bench.core_id, sealed[0], accounts.lookup(ring, card),
                 accounts.shown(card), sealed[1], date(2026, 1, 1), date(2026, 1, 1)))  # fmt: skip
            made[customer] = card
    return made


def owed(bench: DebitBench, customers: list[str], day: int, rng: Random) -> dict[str, int]:
    """A bill of the day for each: customer → fen."""
    fens = {customer: rng.randint(1, 300) for customer in customers}
    buckets = bench.place.database.buckets
    with psycopg.connect(bench.place.database.owner_url) as owner:
        for bucket in range(buckets):
            here = [one for one in customers if account_bucket(bench.biller, one, buckets) == bucket]
            for at in range(0, len(here), PIECE):
                piece = here[at : at + PIECE]
                rows = [NewPayable(bench.biller, one, f"D{day}", "电费", "exact", fens[one], None, 1, 10**15 - 1,
                                   date(2026, 11, 30)) for one in piece]  # fmt: skip
                owner.execute(payables.PAYERS_SQL, payables.pack_payers(the_ring(), bucket, [
                    (bench.biller, one, HOLDER) for one in piece]))
                owner.execute(payables.PAYABLES_SQL, payables.pack_payables(bucket, rows))
    return fens


def ended(bench: DebitBench, batch: int, killed_at: int) -> None:
    """Killed once in the middle, then brought to its end."""
    with dying(bench, killed_at) as (_, sides):
        advance(sides, batch, bench.clock)
    for _ in range(6):
        bench.clock.turn(61)
        if bench.run(batch) == "checked":
            bench.let_go(batch)
    assert files.find(bench.web, batch).state == "done"


def test_a_month_of_debits_with_payments_elsewhere_in_between(bench: DebitBench):
    rng = Random(CUSTOMERS)
    cards = settled(bench, CUSTOMERS, rng)
    before = {card: bench.books.balances()[card] for card in cards.values()}
    told_fen, elsewhere = 0, dict[tuple[str, int], int]()
    bench.rule("cnaps")
    for day in range(DAYS):
        fens = owed(bench, list(cards), day, rng)

        def counter(share: float, day: int = day, fens: dict[str, int] = fens) -> None:
            for customer in rng.sample(list(cards), int(len(cards) * share)):
                if not bench.charged(customer, f"D{day}", fens[customer]):
                    elsewhere[customer, day] = fens[customer]

        counter(0.05)
        rows = [(one, cards[one], fens[one], f"D{day}") for one in cards]
        batch = bench.send(bench.written(rows, "cnaps"), f"M{day}.xml")
        counter(0.05)
        bench.checked(batch)
        ended(bench, batch, rng.randint(1, 60))
        again = files.again(bench.web, bench.session, batch, bench.clock())
        ended(bench, again, rng.randint(1, 60))
        for one in (batch, again):
            result = bench.result(one)
            told = list(LAYOUTS["cnaps"].read_result(result))
            told_fen += sum(fen for _, _, fen in told)
            assert bench.run(one) == "done"  # once more: nothing changes
            assert bench.result(one) == result
        counter(0.1)
    spent = sum(before[card] - bench.books.balances()[card] for card in cards.values())
    assert told_fen > 0
    booked = bench.rows("SELECT sum(amount_fen) FROM payment WHERE channel_id = %s AND account_no LIKE '88%%'",
                        bench.channel_id)  # fmt: skip
    assert spent == told_fen == int(booked[0][0])
    twice = bench.rows("SELECT y.biller_id, y.account_no, t.detail_id FROM payment y JOIN ledger_transfer t"
                       " ON t.bucket = y.bucket AND t.reference_id = y.payment_id WHERE y.account_no LIKE '88%%'"
                       " GROUP BY 1, 2, 3 HAVING count(*) > 1")
    assert (twice, bench.kept(), _verified(bench)) == ([], 0, [])


def _verified(bench: DebitBench) -> list[str]:
    from yifen.hub.corebank.proof import altered as moves_altered
    from yifen.trades.debits.proof import altered

    return moves_altered(bench.worker) + altered(bench.worker)


