"""The night with a bank: payouts by its port, its statement through the inbox, money that arrived."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.endofday.killing import Killed, run_and_die
from tests.endofday.network import DAY, Network
from tests.endofday.test_killed import standing
from tests.settlement.bank_side import Serving
from yifen.core.wire.keys import Key
from yifen.hub.night import Night
from yifen.hub.simulators.bank import Pace, SimulatedBank
from yifen.hub.simulators.bank_books import BankBooks
from yifen.night.reports.daily_proof import prove
from yifen.night.runner import Ended
from yifen.trades.settlement.night import pay_out
from yifen.trades.settlement.port import BankPort

NEXT = DAY + timedelta(days=1)
KEY = Key(partner="CMB", version=1, algorithm="hmac-sha256", secret=b"a secret of 20 bytes")
ACCOUNT = "6225"


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    made = Serving()
    yield made
    made.stop()


@contextmanager
def banked(network: Network, serving: Serving, *orders: str) -> Iterator[tuple[SimulatedBank, str]]:
    """The network's bank has a port; where it listens."""
    bank = SimulatedBank(KEY, BankBooks(ACCOUNT, "省联社"), lambda: network.now, orders=orders,
                pace=Pace(late_s=0.6, process_s=60, back_s=0))  # fmt: skip
    url = f"http://127.0.0.1:{serving.open(bank)}"
    network.outside = replace(
        network.outside, bank_port=lambda conn, _: BankPort(url, KEY, lambda: network.now, 0.3)
    )
    try:
        yield bank, url
    finally:
        serving.close(bank)


def expects_statements(network: Network) -> None:
    world = network.world
    world._insert("recon_profile", {
        "partner_id": world.ids["CMB"], "party": "bank", "truth": "theirs", "format": "camt",
        "owner": ACCOUNT, "slack_min": 30, "by_rule": False, "rule_window_min": 60,
        "by_group": False, "deadline_days": 3,
    })  # fmt: skip


def test_what_was_paid_out_and_what_arrived_ends_with_the_banks_statement(network, serving):
    with banked(network, serving) as (bank, url):
        network.cut()
        network.send_lines(network.faulty())
        network.send_ours("POS")
        assert network.run().state == "closed"
        assert network.books()["payouts"] == [("WATER", NEXT, 55_788, "done")]
        assert network.step("payout")["sums"]["done"] == 1
        # The next day both channels' money comes, and the bank tells it by its statement.
        expects_statements(network)
        rows = network.world.rows("SELECT serial, amount_fen FROM recon_expected WHERE kind = 'in'")
        network.now += timedelta(hours=8)
        for serial, fen in rows:
            told = {"amount_fen": fen, "reference": serial}
            assert httpx.post(f"{url}/incoming", json=told).status_code == 200
        network.now += timedelta(hours=16)
        network.cut(NEXT)
        network.send_ours("POS", NEXT)
        network.world.run(
            "UPDATE recon_profile SET format = 'hub', layout_id = NULL WHERE partner_id = %s",
            network.world.ids["WX"],
        )
        network.send_ours("WX", NEXT)
        statement = httpx.get(f"{url}/statement", params={"day": str(NEXT)}).content
        network.send("CMB", statement, f"{NEXT}.xml")
        ran = network.run(NEXT)
        assert ran.state == "closed", ran
        states = {(code, day): state for code, day, _, _, state in network.books()["receipts"]}
        assert (states["POS", DAY], states["WX", DAY]) == ("arrived", "arrived")
        network.cut(NEXT + timedelta(days=1))
        proof = prove(network.conn, 1, NEXT + timedelta(days=1))
        assert proof.holds
        lines = {a.account.code: a.lines for a in proof.accounts}
        assert lines["1121.POS"] == ()
        bank_fen = network.books()["balances"]["1002.CMB"]
        assert bank_fen[1] - bank_fen[3] == sum(fen for _, fen in rows) - sum(
            fen for _, _, fen, state in network.books()["payouts"] if state == "done"
        )  # fmt: skip
        assert len(bank.books.sent()) == 2  # the day's, and that of what was booked in its night


@pytest.mark.parametrize("fault", ["ok", "lost", "drop"])
def test_killed_while_the_bank_is_asked_nothing_is_paid_twice(network, serving, fault):
    """Each run of the step dies one round trip later than the one before it."""
    network.cut()
    network.send_lines(network.faulty())
    network.send_ours("POS")
    with banked(network, serving, fault) as (bank, _):
        until_payout(network)
        steps = 0
        while "payout" not in standing(network):
            run_and_die(network, steps)
            steps += 1
        assert steps > 20
        assert network.run().state == "closed"
        for _ in range(4):  # the ladder of questions, asked by the nights that follow
            network.now += timedelta(hours=1)
            with network.other() as conn:
                ask_again(network, conn)
        [(_, _, fen, state)] = network.books()["payouts"]
        # Killed behind the claim of the one re-send and before its first byte, it is for a person.
        assert (fen, state) in [
            (55_788, "done"),
            (55_788, "unknown" if fault == "drop" else "done"),
        ]
        assert len(bank.books.sent()) == (1 if state == "done" else 0)


def until_payout(network: Network) -> None:
    """The night, killed behind the commission."""

    def die(ended: Ended) -> None:
        if ended.step == "commission":
            raise Killed

    with network.other() as conn, pytest.raises(Killed):
        network.run(conn=conn, tell=die)


def ask_again(network: Network, conn: Any) -> None:
    pay_out(conn, Night(0, 1, DAY, network.now, network.now, network.outside))
