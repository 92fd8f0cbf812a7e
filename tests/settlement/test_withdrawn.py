"""A bank's statement that was none of evidence: what it showed is expected again, and what moved by it is told."""

import io
from datetime import datetime
from typing import Any

from tests.settlement.bank_side import ACCOUNT
from tests.settlement.squared import NEXT, Squared
from tests.settlement.test_receipts import closed as closed  # the same day
from tests.settlement.test_receipts import expect
from tests.world import DAY, NOON
from yifen.hub.simulators.bank_books import BankBooks
from yifen.hub.simulators.bank_statement import camt053
from yifen.trades.reconciliation import files, runs
from yifen.trades.reconciliation.profile import read_profile
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.operations import receipts
from yifen.trades.settlement.operations.matches import take_bank_matches
from yifen.trades.settlement.rested import rested

SHOWN = "SELECT done, file_id IS NOT NULL FROM recon_expected"


def statement(world: Squared, name: str) -> int:
    """The bank's own words that the channel's money came; the number of the file."""
    at, bank = datetime.combine(NEXT, NOON.timetz()), BankBooks(ACCOUNT, "益分清算")
    bank.money_in(1193, "RC20261123-WX", "WX", "2430000000000001", at)
    bank.money_in(5, name, "某人", "6222", at)
    opening, entries = bank.day(NEXT, at)
    taken = files.take_in(world.conn, read_profile(world.conn, "ABC"),
                          io.BytesIO(camt053(ACCOUNT, NEXT, opening, entries, at)), name, "test", NOON)  # fmt: skip
    runs.reconcile(world.conn, read_profile(world.conn, "ABC"), NEXT, NOON)
    return taken.file_id


def told(world: Squared, partner: str, day: Any, file_id: int) -> list[tuple[str, str, int]]:
    return [(money.kind.zh, money.name, money.amount_fen)
            for money in rested(world.conn, world.ids[partner], day, file_id)]  # fmt: skip


def described(world: Squared) -> None:
    world._insert("recon_profile", {
        "partner_id": world.ids["ABC"], "party": "bank", "format": "camt", "owner": ACCOUNT,
        "truth": "theirs", "slack_min": 0, "by_rule": False, "rule_window_min": 60,
        "by_group": False, "deadline_days": 3,
    })  # fmt: skip


def withdraw(world: Squared, file_id: int) -> int:
    world.two_people("recon.withdraw", str(file_id), {"file": file_id})
    return int(world.value("SELECT recon_withdraw_v1(%s, %s)", file_id, NOON))


def test_what_it_showed_is_expected_again_and_the_next_one_shows_it(closed: Squared) -> None:
    described(closed)
    document = expect(closed).document_id
    assert document is not None
    wrong = statement(closed, "WRONG")
    assert closed.rows(SHOWN) == [(True, True)]
    assert withdraw(closed, wrong) == 0
    assert closed.rows(SHOWN) == [(False, True)]
    assert take_bank_matches(closed.conn, NOON).receipts == 0
    assert receipts.arrived(closed.conn, document, NEXT, NOON).code is SettlementCode.EVIDENCE_MISSING
    assert told(closed, "ABC", NEXT, wrong) == []  # nothing had moved
    statement(closed, "RIGHT")
    assert take_bank_matches(closed.conn, NOON).receipts == 1
    assert closed.free()["1002.ABC"] == -1193


def test_what_had_arrived_by_it_stays_and_is_told_until_another_shows_it(closed: Squared) -> None:
    described(closed)
    assert expect(closed).code == 0
    wrong = statement(closed, "WRONG")
    assert take_bank_matches(closed.conn, NOON).receipts == 1
    money = closed.free()
    assert told(closed, "ABC", NEXT, wrong) == [("渠道款项", "WX", 1193)]
    assert withdraw(closed, wrong) == 0
    assert closed.rows("SELECT state FROM receipt") == [("arrived",)]
    assert (closed.free(), told(closed, "ABC", NEXT, wrong)) == (money, [("渠道款项", "WX", 1193)])
    right = statement(closed, "RIGHT")
    assert closed.rows(SHOWN) == [(True, True)]
    assert told(closed, "ABC", NEXT, wrong) == []
    assert told(closed, "ABC", NEXT, right) == [("渠道款项", "WX", 1193)]
    assert closed.free() == money


def test_a_channels_file_lets_its_money_be_expected_and_its_billers_be_settled(closed: Squared) -> None:
    file_id = closed.value("SELECT file_id FROM recon_file")
    assert expect(closed).code == 0
    closed.settle("WATER")
    assert told(closed, "WX", DAY, file_id) == [("渠道款项", "WX", 1193)]  # no rules: the file proved nothing
    closed._insert("recon_profile", {
        "partner_id": closed.ids["WX"], "party": "channel", "format": "hub", "owner": "", "truth": "theirs",
        "slack_min": 0, "by_rule": False, "rule_window_min": 60, "by_group": False, "deadline_days": 3,
    })  # fmt: skip
    assert told(closed, "WX", DAY, file_id) == [("渠道款项", "WX", 1193), ("结算", "WATER", 1200)]
    closed.set_up("ALTER TABLE settlement DISABLE TRIGGER USER")
    closed.set_up("UPDATE settlement SET signed_by = 'boss'")
    assert told(closed, "WX", DAY, file_id) == [("渠道款项", "WX", 1193)]  # a person took it on himself
