"""A payable that keeps a balance: what is paid on it less what is given back and what is spent."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.world import NOON, World
from yifen.core.facts.codes import Code
from yifen.hub.payments.proof import altered

MADE = "SELECT payments_balance_v1(0::smallint, %s, %s::text[], %s::text[], '预存款', 1, 200000, NULL)"


@pytest.fixture
def kept(hub: World) -> World:
    """WATER's A1 has a balance, E1."""
    assert hub.made(MADE, hub.ids["WATER"], ["A1"], ["E1"]) == 1
    return hub


def balance(hub: World, ref: str = "E1", biller: str = "WATER") -> Any:
    return hub.value("SELECT balance_fen FROM payable WHERE biller_id = %s AND ref = %s", hub.ids[biller], ref)


def number(hub: World, ref: str = "E1") -> int:
    return int(hub.value("SELECT payable_id FROM payable WHERE ref = %s", ref))


def wrong(hub: World) -> list[str]:
    """What verify finds, as it would be committed."""
    hub.run("SET CONSTRAINTS ALL IMMEDIATE")
    found = altered(hub.conn)
    hub.run("SET CONSTRAINTS ALL DEFERRED")
    return found


def spend(hub: World, *amounts: int, ref: str = "E1") -> list[int]:
    """Of the balance, each amount by a bill of its own."""
    with hub.as_owner():
        payable = number(hub, ref)
        codes = hub.value("SELECT payments_spend_v1(0::smallint, %s, %s)", [payable] * len(amounts), list(amounts))
        for amount, code in zip(amounts, codes, strict=True):
            if code == 0:
                hub.run("INSERT INTO billing_spent SELECT 0, 1 + count(*), %s, %s FROM billing_spent", payable, amount)
    return [int(code) for code in codes]


def test_a_balance_is_what_was_paid_on_it_less_what_was_taken_back(kept: World) -> None:
    assert balance(kept) == 0
    assert kept.charge("S1", {"E1": 700, "B1": 1000}).code is Code.OK
    assert kept.charge("S2", {"E1": 300}).code is Code.OK
    assert (balance(kept), kept.payable("E1")) == (1000, ("open", 0, False))
    assert kept.reverse("T1", "S2", 300).code is Code.OK
    assert (balance(kept), balance(kept, "O1")) == (700, None)
    kept.cut()
    assert kept.refund("T2", "S1", 1200).code is Code.OK  # the last line first: the bill's 10.00, then 2.00 of it
    assert balance(kept) == 500
    assert wrong(kept) == []


def test_what_was_spent_cannot_be_given_back(kept: World, refused: Any) -> None:
    kept.charge("S1", {"E1": 1000})
    assert spend(kept, 600) == [0]
    assert balance(kept) == 400
    assert refused("reverse", "T1", "S1", 1000) is Code.PREPAID_USED
    kept.cut()
    assert refused("refund", "T2", "S1", 401) is Code.PREPAID_USED
    assert kept.refund("T3", "S1", 400).code is Code.OK
    assert (balance(kept), spend(kept, -600), balance(kept)) == (0, [0], 600)
    assert kept.refund("T4", "S1", 600).code is Code.OK
    assert (balance(kept), wrong(kept)) == (0, [])


def test_returns_of_one_call_are_judged_one_after_the_other(kept: World) -> None:
    for serial, fen in (("S1", 500), ("S2", 300), ("S3", 100)):
        kept.charge(serial, {"E1": fen})
    assert spend(kept, 450) == [0]
    works = [kept.return_work("reverse", f"T{n}", f"S{n}", fen) for n, fen in ((1, 500), (2, 300), (3, 100))]
    assert [booked.code for booked in kept.call(works)] == [Code.PREPAID_USED, Code.BUSY, Code.BUSY]
    assert [booked.code for booked in kept.call(works)] == [Code.PREPAID_USED, Code.OK, Code.OK]
    assert (balance(kept), wrong(kept)) == (50, [])


def test_spending_stands_or_falls_with_the_balance(kept: World) -> None:
    kept.charge("S1", {"E1": 1000})
    assert spend(kept, 600, 401) == [Code.BALANCE_SHORT, Code.BALANCE_SHORT]
    assert spend(kept, 600, 400) == [0, 0]
    assert spend(kept, 1) == [Code.BALANCE_SHORT]
    assert spend(kept, 1, ref="O1") == [Code.PAYABLE_UNKNOWN]
    with kept.as_owner():
        assert kept.value("SELECT payments_spend_v1(0::smallint, '{77}', '{1}')") == [Code.PAYABLE_UNKNOWN]
    assert (balance(kept), wrong(kept)) == (0, [])


def test_money_on_a_balance_keeps_it_from_being_withdrawn(kept: World) -> None:
    withdraw = "SELECT payments_withdraw_payable_v1(0::smallint, %s, 'A1', 'E1')"
    kept.charge("S1", {"E1": 1})
    assert kept.made(withdraw, kept.ids["WATER"]) is False
    kept.reverse("T1", "S1", 1)
    assert kept.made(withdraw, kept.ids["WATER"]) is True
    assert spend(kept, 0) == [Code.PAYABLE_WITHDRAWN]


def test_one_that_was_paid_before_never_keeps_a_balance_and_a_balance_stays_one(kept: World) -> None:
    kept.charge("S1", {"O1": 500})
    assert kept.made(MADE, kept.ids["WATER"], ["A1"], ["O1"]) == 0
    assert kept.made(MADE, kept.ids["WATER"], ["A1", "A2"], ["E1", "E1"]) == 2
    kept.owe("WATER", "A1", "E1", 900)  # as a bill
    kept.owe("WATER", "A1", "O2", 0, "open")
    assert kept.made(MADE, kept.ids["WATER"], ["A1"], ["O2"]) == 1
    stand = "SELECT mode::text, balance_fen FROM payable WHERE ref IN ('E1', 'O1', 'O2') ORDER BY ref, account_no"
    assert kept.rows(stand) == [("open", 0), ("open", 0), ("open", None), ("open", 0)]
    assert wrong(kept) == []


def test_a_billers_own_system_books_and_gives_back_and_spends_by_itself(hub: World, refused: Any) -> None:
    assert hub.made(MADE, hub.ids["GAS"], ["G1"], ["E1"]) == 1
    paid = hub.charge("S1", {"E1": 800}, biller="GAS", account_no="G1").payment_id
    assert paid is not None
    assert balance(hub, biller="GAS") == 0
    hub.result(paid, "booked")
    assert (balance(hub, biller="GAS"), spend(hub, 1)) == (800, [Code.NOT_ADMITTED])
    hub.set_up("UPDATE biller SET endpoint = '' WHERE partner_id = %s", hub.ids["GAS"])
    assert spend(hub, 500) == [0]
    hub.set_up("UPDATE biller SET endpoint = 'http://127.0.0.1:9' WHERE partner_id = %s", hub.ids["GAS"])
    assert refused("reverse", "T1", "S1", 800) is Code.PREPAID_USED
    assert hub.states(paid) == ("taken", "booked")
    hub.set_up("UPDATE biller SET endpoint = '' WHERE partner_id = %s", hub.ids["GAS"])
    assert spend(hub, -500) == [0]
    hub.set_up("UPDATE biller SET endpoint = 'http://127.0.0.1:9' WHERE partner_id = %s", hub.ids["GAS"])
    assert hub.reverse("T2", "S1", 800).code is Code.PROCESSING
    hub.set_up("UPDATE biller SET endpoint = '' WHERE partner_id = %s", hub.ids["GAS"])
    assert spend(hub, 1) == [Code.BUSY]
    hub.result(paid, "reversed")
    assert (balance(hub, biller="GAS"), spend(hub, 1)) == (0, [Code.BALANCE_SHORT])


def test_verify_names_a_balance_that_was_altered(kept: World) -> None:
    kept.charge("S1", {"E1": 700})
    spend(kept, 200)
    assert wrong(kept) == []
    for value, found in (
        ("501", "balance_fen says 501, its transfers less what was spent 500"),
        ("NULL", "was altered after it was told: its account, ref, title, mode, limits, day, or that it keeps a"
                 " balance"),
    ):  # fmt: skip
        kept.run("SAVEPOINT forged")
        kept.set_up(f"UPDATE payable SET balance_fen = {value} WHERE ref = 'E1'")
        assert wrong(kept) == [f"payable {number(kept)} {found}"]
        kept.run("ROLLBACK TO forged")
    kept.set_up("UPDATE payable SET balance_fen = 0 WHERE ref = 'O1'")
    assert [line for line in wrong(kept) if line.startswith(f"payable {number(kept, 'O1')} was altered")]


def test_nobody_but_the_owner_spends_or_makes_balances(kept: World) -> None:
    kept.now = NOON + timedelta(hours=1)
    for call in ("payments_spend_v1(0::smallint, '{1}', '{1}')", MADE[7:] % (1, "'{A1}'", "'{E1}'")):
        kept.run("SAVEPOINT forbidden")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            kept.run(f"SELECT {call}".replace("%", "%%"))
        kept.run("ROLLBACK TO forbidden")
