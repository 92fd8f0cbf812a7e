"""What verify says of bills, pieces, documents and balances that somebody changed behind the functions."""

from datetime import date

import pytest

from tests.billing.town import Town

JANUARY = date(2026, 1, 1), date(2026, 1, 31)


@pytest.mark.parametrize(("fault", "said"), [
    ("UPDATE billing_line SET amount_fen = amount_fen + 1",
     ["bill {bill} asks for 54690 fen, its lines say 54691",
      "line 1 of bill {bill} is 54691 fen, 1000000 thousandths at 0.54690000 yuan are 54690"]),
    ("UPDATE billing_bill SET amount_fen = amount_fen - 1",
     ["bill {bill} asks for 54689 fen, its lines say 54690", "piece 0 of run {run} is not the sum of its bills",
      "billing document {document} booked 54690 and 0 fen, its bills are 54689 and 0"]),
    ("UPDATE billing_piece SET bills = 2", ["piece 0 of run {run} is not the sum of its bills"]),
    ("UPDATE billing_booking SET due_fen = 1",
     ["billing document {document} says 1, 0, 0, 0, 0, 0 fen, its transfers 54690, 0, 0, 0, 0, 0"]),
    ("UPDATE payable SET due_fen = due_fen + 5 WHERE ref <> 'PREPAID'",
     ["company {biller} in bucket 0 has 54690 fen receivable, its payables ask for 54695 and payments to be booked are"
      " 0", "payable 1000 due_fen says 54695, it was told with 54690"]),
    ("UPDATE payable SET balance_fen = 7 WHERE ref = 'PREPAID'",
     ["company {biller} in bucket 0 has 0 fen prepaid, balances hold 7 and payments to be booked are 0",
      "payable {balance} balance_fen says 7, its transfers less what was spent 0"]),
])  # fmt: skip
def test_verify_names_what_was_changed(town: Town, fault: str, said: list[str]):
    fee = town.fee()
    town.price(fee)
    town.used(town.service(town.customer("A1"), fee), *JANUARY, 1_000_000)
    run = town.made(fee, *JANUARY)
    assert town.published(run) == ["OK"]
    town.asked("A1")
    ((bill, *_),) = town.bills(run)
    document = town.world.value("SELECT document_id FROM billing_booking")
    assert town.wrong() == []
    table = fault.split()[1]
    town.world.set_up(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    town.world.set_up(fault)
    named = {"bill": bill, "run": run, "document": document, "biller": town.biller,
             "balance": town.world.value("SELECT payable_id FROM payable WHERE ref = 'PREPAID'")}  # fmt: skip
    assert sorted(town.wrong()) == sorted(line.format(**named) for line in said)
