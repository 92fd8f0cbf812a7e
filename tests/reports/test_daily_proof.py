"""The daily proof: the trial balance, and every clearing, transit and suspense fen by its document."""

import psycopg

from tests.endofday.network import DAY, Network
from tests.reports.conftest import NEXT
from yifen.night.reports.daily_proof import Proof, prove


def explained(proof: Proof) -> dict[str, tuple[int, list[tuple[object, ...]]]]:
    """Account → balance, and its lines without numbers that a run makes up."""
    return {
        found.account.code: (
            found.account.balance_fen,
            [(line.what, line.day, line.partner, line.fen) for line in found.lines],
        )
        for found in proof.accounts
    }


def test_at_the_first_cut_all_money_is_of_that_day(network: Network):
    proof = prove(network.conn, 1, DAY)
    assert (proof.holds, proof.off_fen, proof.unexplained) == (True, 0, ())
    assert explained(proof) == {
        "1121.POS": (60_003, [("arriving", DAY, "POS", 60_003)]),
        "1121.WX": (60_015, [("arriving", DAY, "WX", 60_015)]),
        "2241.HEAT": (30_006, [("unsettled", DAY, "HEAT", 30_006)]),
        "2241.WATER": (90_012, [("unsettled", DAY, "WATER", 90_012)]),
    }
    since = {row.code: row.since_fen for row in proof.balances if row.since_fen}
    assert since["2241.HEAT"] == 30_006
    assert since["1121.WX"] == 10_836  # what was put on suspense for differences of this day


def test_at_the_next_cut_settled_carried_suspended_and_returned_are_told_apart(network: Network):
    proof = prove(network.conn, 1, NEXT)
    assert proof.holds, proof.unexplained
    found = explained(proof)
    assert found["1121.POS"] == (
        60_003 + 11_000,
        [("arriving", DAY, "POS", 60_003), ("arriving", NEXT, "POS", 11_000)],
    )
    balance, lines = found["1121.WX"]
    assert balance == 60_015 - 20_008 + 4_321 + 10_836
    assert sorted(lines) == [
        ("arriving", DAY, "WX", 60_015), ("arriving", NEXT, "WX", 4_321 - 20_008),
        ("repair", DAY, "WX", 55), ("repair", DAY, "WX", 777), ("repair", DAY, "WX", 10_004),
    ]  # fmt: skip
    assert sum(fen for *_, fen in found["2241.1.SUSPENSE"][1]) == 10_836
    items = [line for a in proof.accounts if a.role == "suspense" for line in a.lines]
    assert sorted((line.fen, line.age_days) for line in items) == [(55, 0), (777, 0), (10_004, 0)]
    assert all(line.item_id for line in items)
    balance, lines = found["2241.WATER"]
    assert (balance, lines) == (9_321, [
        ("carried", DAY, "WATER", 90_012), ("settled", DAY, "WATER", -70_004),
        ("unsettled", NEXT, "WATER", 9_321 - 20_008),
    ])  # fmt: skip


def tamper(network: Network, fen: int) -> None:
    """As nobody but a superuser can."""
    with psycopg.connect(network.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute(
            "UPDATE ledger_day_balance d SET debit_posted_fen = debit_posted_fen + %s"
            " FROM ledger_account a WHERE a.account_id = d.account_id AND a.code = '1121.WX'"
            " AND d.business_day = %s AND d.bucket = 0",
            (fen, DAY),
        )


def test_a_fen_that_no_document_explains_shows_on_its_account(network: Network):
    tamper(network, 1)
    proof = prove(network.conn, 1, DAY)
    tamper(network, -1)
    assert (proof.holds, proof.off_fen) == (False, 1)
    assert [(a.account.code, a.difference_fen) for a in proof.unexplained] == [("1121.WX", 1)]
    assert prove(network.conn, 1, DAY).holds


def test_a_day_that_is_not_closed_has_no_proof(network: Network):
    proof = prove(network.conn, 1, NEXT.replace(day=NEXT.day + 1))
    assert (proof.balances, proof.accounts) == ((), ())
