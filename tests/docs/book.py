"""The little language of the worked example, run against the database functions.

One line a step, for example `charge S1 WATER A1 2026-10=12000 -> OK taken booked`: behind the arrow
stands what is answered, and then the payer's and the biller's state.
"""

from collections.abc import Sequence

from tests.world import World

POSTINGS_SQL = """
SELECT t.transfer_no, t.kind::text, d.code, c.code, t.amount_fen,
       coalesce(t.pending_no, t.reverses_no), t.reference_id, p.ref, t.business_day
FROM ledger_transfer t JOIN ledger_account d ON d.account_id = t.debit_id
JOIN ledger_account c ON c.account_id = t.credit_id JOIN payable p ON p.payable_id = t.detail_id
ORDER BY t.transfer_no"""


class Book:
    """Runs the steps; `answers` holds what each verb answered."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.payments: dict[str, int] = {}
        self.answers: list[str] = []
        self.channel = ""
        self.billers: list[str] = []

    def run(self, text: str) -> None:
        for line in text.splitlines():
            step = line.partition("->")[0].split()
            if step:
                getattr(self, f"do_{step[0]}")(*step[1:])

    def do_biller(self, code: str, own: str = "") -> None:
        self.world.biller(code, "http://127.0.0.1:9" if own else "")
        self.billers.append(code)

    def do_channel(self, code: str) -> None:
        self.world.channel(code)
        for biller in self.billers:
            self.world.admit(code, biller)
        self.channel = code

    def do_bill(self, biller: str, account_no: str, ref: str, fen: str) -> None:
        self.world.owe(biller, account_no, ref, int(fen))

    def do_charge(self, serial: str, biller: str, account_no: str, *lines: str) -> None:
        pairs = dict(line.split("=") for line in lines)
        booked = self.world.charge(
            serial, {ref: int(fen) for ref, fen in pairs.items()}, channel=self.channel,
            biller=biller, account_no=account_no,
        )  # fmt: skip
        if booked.payment_id is not None:
            self.payments[serial] = booked.payment_id
        self._note(booked.code.name, booked.payment_id)

    def do_answer(self, serial: str, outcome: str) -> None:
        payment = self.payments[serial]
        self._note(self.world.result(payment, outcome).code.name, payment)

    def do_reverse(self, serial: str, original: str, fen: str) -> None:
        booked = self.world.reverse(serial, original, int(fen), channel=self.channel)
        self._note(booked.code.name, booked.payment_id)

    def do_refund(self, serial: str, original: str, fen: str) -> None:
        booked = self.world.refund(serial, original, int(fen), channel=self.channel)
        self._note(booked.code.name, booked.payment_id)

    def do_cut(self) -> None:
        self.answers.append(f"{self.world.cut()}")

    def _note(self, code: str, payment: int | None) -> None:
        states: Sequence[str] = () if payment is None else self.world.states(payment)
        self.answers.append(" ".join([code, *states]))

    def postings(self) -> list[list[str]]:
        """The ledger's transfers, as the page's table shows them."""
        return [["" if cell is None else str(cell) for cell in row]
                for row in self.world.rows(POSTINGS_SQL)]  # fmt: skip

    def balances(self) -> list[list[str]]:
        """Every account: debit pending, debit posted, credit pending, credit posted."""
        found = self.world.balances()
        return [[code, *map(str, found[code])] for code in sorted(found)]


def expected(text: str) -> list[str]:
    """What the page says after each arrow."""
    return [line.partition("->")[2].strip() for line in text.splitlines() if "->" in line]
