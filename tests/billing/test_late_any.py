"""Any bills, part payments and waivers of an account: what it is asked for on a day is what the model says, and the
same however often it was asked before."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.billing.test_late import Street, at
from tests.billing.test_late_acts import agreed, carried_out
from tests.billing.test_late_rules import Bill, Happened, Rule, modelled
from tests.billing.town import Town
from tests.sampling import ALL

START = date(2026, 3, 1)
RULE = Rule("2", "3", least=100)
UNPAID = "SELECT coalesce(max(unpaid_fen), 0) FROM billing_late_of_v1(0::smallint, %s, 'A1', %s) WHERE bill_id = %s"
steps = st.tuples(st.integers(0, 330), st.sampled_from(["pay", "pay", "waive"]), st.integers(0, 1), st.integers(1, 100))
owed = st.tuples(st.integers(500, 200_000), st.integers(0, 120))


def day_of(number: int) -> date:
    return START + timedelta(days=number)


class Played:
    """One way through the days: what happened, and what is asked for at the end."""

    def __init__(
        self, street: Street, bills: list[int], plan: list[tuple[int, str, int, int]], asked: list[int], end: int
    ) -> None:
        self.street, self.bills, self.happened = street, bills, list[Happened]()
        asking = sorted(asked)
        for number, kind, which, part in sorted(plan):
            while asking and asking[0] < number:
                self.ask(asking.pop(0))
            self.ask(number)
            self.step(number, kind, which % len(bills), part)
        for number in (*(one for one in asking if one < end), end):
            self.ask(number)
        self.due = street.due(*bills)

    def ask(self, number: int) -> None:
        self.street.ask(at(str(day_of(number))))

    def step(self, number: int, kind: str, which: int, part: int) -> None:
        """So many per cent of what is open of a bill, or of its fee, rounded up."""
        street, bill = self.street, self.bills[which]
        state, due, paid, _ = street.town.owed("A1")[f"B{bill}"]
        if state != "open":
            return
        if kind == "pay":
            fen = -(-(due - paid) * part // 100)
            assert street.pay(bill, fen) == "OK"
        else:
            unpaid = street.world.made(UNPAID, street.town.biller, day_of(number), bill)
            fen = -(-unpaid * part // 100)
            if not fen:
                return
            word = agreed(street, "waive", str(bill), {"bill": bill, "amount_fen": int(fen)})
            assert carried_out(street, "waive", word) == "OK"
        self.happened.append(Happened(which, day_of(number), int(fen), kind == "waive"))


@settings(deadline=None, max_examples=200 if ALL else 12)
@given(st.lists(owed, min_size=1, max_size=2), st.lists(steps, max_size=5), st.lists(st.integers(0, 400), max_size=12),
       st.integers(335, 420))  # fmt: skip
def test_an_account_is_asked_for_what_the_model_says_however_often_it_was_asked(
    town: Town, owes: list[tuple[int, int]], plan: list[tuple[int, str, int, int]], asked: list[int], end: int
) -> None:
    world = town.world
    world.run("SAVEPOINT example")
    owes = sorted(owes, key=lambda one: one[1])
    street = Street(town)
    bills = [street.bill(fen, str(day_of(due))) for fen, due in owes]
    world.run("SAVEPOINT rarely")
    rarely = Played(street, bills, plan, [], end)
    world.run("ROLLBACK TO rarely")
    often = Played(street, bills, plan, asked, end)
    assert (often.happened, often.due) == (rarely.happened, rarely.due)
    fees = modelled([Bill(fen, day_of(due)) for fen, due in owes], RULE, often.happened, day_of(end))
    for (fen, _), fee, due, bill in zip(owes, fees, often.due, bills, strict=True):
        if town.owed("A1")[f"B{bill}"][0] == "open":
            assert due == fen + fee
        assert (fee >= 0, due >= town.owed("A1")[f"B{bill}"][2]) == (True, True)
    explain(street, bills, day_of(end))
    assert town.wrong() == []
    world.run("ROLLBACK TO example")


LED = """SELECT l.fee_fen,
    coalesce((SELECT sum(w.amount_fen) FROM billing_waiver w WHERE w.bill_id = l.bill_id), 0)::bigint,
    (SELECT round(coalesce(sum(x.grown), 0)) FROM billing_late_lines_v1(l.bill_id, %(on)s) x)::bigint
    FROM billing_late_of_v1(0::smallint, %(biller)s, 'A1', %(on)s) l WHERE l.bill_id = ANY (%(bills)s)"""


def explain(street: Street, bills: list[int], on: date) -> None:
    """The lines that people are shown never come to more than the fee: what a minimum of 1.00 added and was paid stays
    asked for, beyond them."""
    asked = {"on": on, "biller": street.town.biller, "bills": bills}
    with street.world.as_owner():
        for fee_fen, waived_fen, grown_fen in street.world.conn.execute(LED.encode(), asked).fetchall():
            assert grown_fen <= fee_fen + waived_fen
