"""接收欠费: what is open of an account is billed anew to another, whole or not at all; every posting."""

from datetime import date

import pytest

from tests.billing.town import Town
from yifen.core.facts.codes import Code
from yifen.core.plugs import result_code
from yifen.trades.billing.codes import BillingCode as B

DUE = date(2026, 12, 20)
RECEIVABLE, COLLECTED, PREPAID, BILLED = "1123", "1124", "2203", "6001"


class Arrears:
    """A: two seasons' heating bills, of one 1,000 paid; C: the same place, another holder."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.fee = town.fee(
            "heat", name="供热费", unit="m²", metered=False, cycle="none", mode="partial"
        )
        town.price(self.fee, [("供热费", "area", 0, "24")], [])
        town.late_rule(self.fee, "2", "3", fee_first=True)
        self.old, self.new = town.customer("A"), town.customer("C")
        town.service(self.old, self.fee, area_milli=92_500, to_on=date(2027, 3, 15))
        run = town.made(self.fee, date(2026, 11, 15), date(2027, 3, 15))
        assert town.published(run) == ["OK"]
        ((self.bill, _, _),) = town.bills(run)
        town.service(self.new, self.fee, date(2027, 3, 16), area_milli=92_500)

    def content(self) -> dict[str, object]:
        rest = self.town.world.rows("SELECT bill_id, rest_fen FROM billing_arrears_v1(0::smallint, %s, 'A', %s)",
                                    self.town.biller, self.town.world.now.date())  # fmt: skip
        return {"bucket": 0, "customer": self.old, "biller": self.town.biller, "account_no": "A",
                "to": {"bucket": 0, "customer": self.new, "account_no": "C"},
                "bills": [{"bill": bill, "rest_fen": fen} for bill, fen in rest]}  # fmt: skip

    def taken(self, **other: object) -> str:
        proposal = self.town.world.two_people(
            "billing.take_over", str(self.old), self.content() | other, self.town.biller
        )
        return self.again(proposal)

    def again(self, proposal: int) -> str:
        return result_code(
            self.town.world.value(
                "SELECT billing_take_over_v1(%s, %s)", proposal, self.town.world.now
            )
        ).name

    def new_bill(self) -> int:
        return int(
            self.town.world.value("SELECT max(bill_id) FROM billing_bill WHERE account_no = 'C'")
        )


@pytest.fixture
def arrears(town: Town) -> Arrears:
    return Arrears(town)


def test_an_unpaid_bill_goes_whole_with_its_lines_its_due_date_and_its_late_fee(
    arrears: Arrears,
) -> None:
    town = arrears.town
    town.on(date(2026, 12, 31))
    assert town.asked("A") == {
        f"B{arrears.bill}": 222_000 + 4_884,
        "PREPAID": 0,
    }  # 11 days by 2 permille
    assert arrears.taken() == "OK"
    new = arrears.new_bill()
    assert town.lines(new) == [(1, 92_500, 222_000)] == town.lines(arrears.bill)
    assert town.owed("A") == {
        f"B{arrears.bill}": ("withdrawn", 226_884, 0, None),
        "PREPAID": ("open", 0, 0, 0),
    }
    assert town.owed("C") == {f"B{new}": ("open", 222_000, 0, None)}
    assert town.asked("C") == {f"B{new}": 226_884, "PREPAID": 0}  # the same days late
    town.on(date(2027, 1, 1))
    assert town.asked("C") == {f"B{new}": 226_884 + 666, "PREPAID": 0}  # goes on by 3 permille
    assert town.asked("A") == {"PREPAID": 0}
    assert town.postings() == [
        ("published", RECEIVABLE, BILLED, 222_000),
        ("late", RECEIVABLE, BILLED, 4_884),
        ("late", BILLED, RECEIVABLE, 4_884),
        ("published", BILLED, RECEIVABLE, 222_000),
        ("published", RECEIVABLE, BILLED, 222_000),
        ("late", RECEIVABLE, BILLED, 4_884),
        ("late", RECEIVABLE, BILLED, 666),
    ]
    assert town.wrong() == []


def test_of_a_bill_that_was_paid_in_part_the_rest_goes(arrears: Arrears) -> None:
    town = arrears.town
    town.on(date(2026, 12, 10))
    assert town.asked("A") == {f"B{arrears.bill}": 222_000, "PREPAID": 0}
    assert town.paid("A", {f"B{arrears.bill}": 100_000}) == "OK"
    assert arrears.taken() == "OK"
    new = arrears.new_bill()
    assert town.lines(new) == [(1, 92_500, 222_000), (0, 0, -100_000)]
    assert town.owed("A")[f"B{arrears.bill}"] == ("settled", 100_000, 100_000, None)
    assert town.asked("C") == {f"B{new}": 122_000, "PREPAID": 0}
    town.book()
    assert town.books() == {RECEIVABLE: 122_000, COLLECTED: 100_000, BILLED: -222_000}
    assert town.wrong() == []


def test_the_use_that_was_billed_is_not_billed_again(arrears: Arrears) -> None:
    town = arrears.town
    assert arrears.taken() == "OK"
    code, run = town.begun(arrears.fee, date(2026, 11, 15), date(2027, 3, 15))
    assert code.name == "OK"
    for (piece,) in town.world.rows("SELECT piece FROM billing_piece WHERE run_id = %s", run):
        assert town.world.value("SELECT billing_make_v1(%s, %s, now())", run, piece) == 0


def test_a_balance_of_the_other_pays_first(arrears: Arrears) -> None:
    town = arrears.town
    town.asked("C")
    assert town.paid("C", {"PREPAID": 300_000}) == "OK"
    assert arrears.taken() == "OK"
    assert town.owed("C") == {"PREPAID": ("open", 0, 0, 78_000)}
    assert town.wrong() == []


@pytest.mark.parametrize(("what", "code"), [
    ("said twice", B.ARREARS_CHANGED), ("another sum", B.ARREARS_CHANGED), ("nothing open", B.ARREARS_CHANGED),
    ("waived", B.ARREARS_WAIVED), ("no such fee", B.TAKER_LACKS_FEE), ("closed", B.CUSTOMER_CLOSED),
    ("to himself", B.CUSTOMER_CLOSED), ("another company", B.CUSTOMER_CLOSED), ("held", Code.PAYABLE_HELD),
    ("a run is open", B.RUN_HAS_SERVICE),
])  # fmt: skip
def test_what_cannot_be_taken_over_is_refused_and_nothing_is_left(
    arrears: Arrears, what: str, code: int
) -> None:
    town, world, more = arrears.town, arrears.town.world, {}
    town.on(date(2026, 12, 31))
    if what == "another sum":
        more = {"bills": [{"bill": arrears.bill, "rest_fen": 221_999}]}
    elif what == "nothing open":
        town.asked("A")
        assert town.paid("A", {f"B{arrears.bill}": 226_884}) == "OK"
        more = {"bills": []}
    elif what == "waived":
        content = {"bill": arrears.bill, "amount_fen": 100}
        proposal = world.two_people("billing.waive", str(arrears.bill), content, town.biller)
        assert world.value("SELECT billing_waive_v1(%s, %s)", proposal, world.now) == 0
    elif what == "no such fee":
        with world.as_owner():
            world.run(
                "UPDATE billing_service SET class = 'shop' WHERE customer_id = %s", arrears.new
            )
    elif what == "closed":
        with world.as_owner():
            world.run(
                "UPDATE billing_customer SET closed_on = '2027-01-01' WHERE customer_id = %s",
                arrears.new,
            )
    elif what == "to himself":
        more = {"to": {"bucket": 0, "customer": arrears.old, "account_no": "A"}}
    elif what == "another company":
        water = world.biller("WATER")
        with world.as_owner():
            world.run(
                "UPDATE billing_customer SET biller_id = %s WHERE customer_id = %s",
                water,
                arrears.new,
            )
    elif what == "held":
        with world.as_owner():
            world.run("UPDATE payable SET held_by = 1 WHERE ref = %s", f"B{arrears.bill}")
    elif what == "a run is open":
        assert town.cancelled(arrears.bill)[0] == "OK"
    proposal = world.two_people(
        "billing.take_over", str(arrears.old), arrears.content() | more, town.biller
    )
    if what == "said twice":
        assert arrears.again(proposal) == "OK"
    bills, posted = world.rows("SELECT * FROM billing_bill"), town.postings()
    assert arrears.again(proposal) == result_code(code).name
    assert world.rows("SELECT * FROM billing_bill") == bills
    assert town.postings() == posted
