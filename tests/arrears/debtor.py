"""A heating customer of the town who owes 2,220.00 since 20 December 2026, and a rule of five steps."""

from datetime import date, timedelta
from typing import Any

from tests.billing.town import Town
from yifen.core.plugs import result_code

DUE = date(2026, 12, 20)
STEPS = [
    ("message", 1, 0, 0),
    ("call", 10, 5, 0),
    ("letter", 20, 5, 0),
    ("notice", 30, 5, 10_000),
    ("cut", 45, 15, 10_000),
]


class Debtor:
    """Account A, service of heat; the staff maker01 and checker01."""

    account = "A"

    def __init__(self, town: Town, law: str = "heat") -> None:
        self.town, self.world = town, town.world
        self.fee = town.fee(
            "heat", name="供热费", unit="m²", metered=False, cycle="none", mode="partial"
        )
        town.price(self.fee, [("供热费", "area", 0, "24")], [])
        town.late_rule(self.fee, "2", "3", fee_first=True)
        self.customer = town.customer("A")
        self.service = town.service(self.customer, self.fee, area_milli=92_500)
        self.bill = self.billed(2026)
        assert self.rule(law=law) == "OK"

    def billed(self, year: int) -> int:
        """A season's bill, published."""
        run = self.town.made(self.fee, date(year, 11, 15), date(year + 1, 3, 15))
        assert self.town.published(run) == ["OK"]
        return int(self.town.bills(run)[0][0])

    def rule(self, steps: list[tuple[str, int, int, int]] = STEPS, **more: Any) -> str:
        content = {"fee": self.fee, "class": "", "law": "heat", "restore_hours": 24, "steps": [
            {"kind": kind, "overdue_days": overdue, "after_days": after, "least_fen": least}
            for kind, overdue, after, least in steps]} | more  # fmt: skip
        return self.agreed("arrears.rule", "arrears_rule_v1", content)

    def agreed(self, act: str, function: str, content: dict[str, Any]) -> str:
        """Two people's word, and what the function makes of it."""
        proposal = self.world.two_people(act, str(self.customer), content, self.town.biller)
        return self.called(function, proposal)

    def called(self, function: str, *given: Any) -> str:
        """The name of its code, at the hour of the clock."""
        holes = ", ".join(["%s"] * len(given))
        return result_code(
            self.world.value(f"SELECT {function}({holes}, %s)", *given, self.world.now)
        ).name

    def after(self, days: int) -> date:
        """So many days after the bill was due."""
        self.town.on(DUE + timedelta(days=days))
        return DUE + timedelta(days=days)

    def next(self) -> tuple[str | None, str | None, str]:
        """Kind, day and why of the next step."""
        rows = self.world.rows("SELECT next_kind, next_on::text, why FROM arrears_next_v1(%s, %s)", self.town.biller,
                               self.world.now.date())  # fmt: skip
        return rows[0] if rows else (None, None, "paid")

    def message(self) -> tuple[str, int] | None:
        """As the worker claims it: how, and how much is asked for; None: none is due."""
        done, fen = self.world.rows("SELECT done_id, fen FROM arrears_claim_v1(%s, %s, %s)", self.customer, self.fee,
                                    self.world.now)[0]  # fmt: skip
        return done and (
            self.world.value("SELECT how FROM arrears_done WHERE done_id = %s", done),
            fen,
        )

    def call(
        self, outcome: str, until: date | None = None, fen: int | None = None, by: str = "maker01"
    ) -> str:
        return self.called("arrears_call_v1", by, self.customer, self.fee, outcome, until, fen, "")

    def sheet(self, kind: str, by: str = "maker01") -> tuple[str, int | None]:
        """A letter or a notice: code and number."""
        code, batch = self.world.rows(
            "SELECT code, batch FROM arrears_letters_v1(%s, %s, %s, %s::bigint[], %s::integer[], %s)",
            by,
            self.town.biller,
            kind,
            [self.customer],
            [self.fee],
            self.world.now,
        )[0]
        number = self.world.value(
            "SELECT max(letter_no) FROM arrears_letter WHERE batch = %s", batch
        )
        return result_code(code).name, number

    def served(
        self,
        letter: int,
        on: date,
        how: str = "handed",
        by: str = "maker01",
        note: str = "本人签收",
    ) -> str:
        return self.called("arrears_serve_v1", by, letter, how, on, note)

    def cut_id(self) -> int:
        return int(self.world.value("SELECT cut_id FROM arrears_cut"))

    def cut(self) -> str:
        content = {
            "debts": [
                {"customer": self.customer, "fee": self.fee, "bill": self.bill, "owed_fen": 1}
            ]
        }
        return self.agreed("arrears.cut", "arrears_cut_v1", content)

    def plan(self, rows: list[tuple[date, int]], **more: Any) -> str:
        owed = self.owed()
        bills = self.world.rows(
            "SELECT substr(ref, 2)::bigint, paid_fen FROM payable WHERE account_no = %s AND ref ~ '^B'"
            " AND state = 'open' AND due_on < %s ORDER BY due_on, 1",
            self.account,
            self.world.now.date(),
        )
        content = {"customer": self.customer, "fee": self.fee, "owed_fen": owed,
                   "bills": [{"bill": bill, "paid_fen": fen} for bill, fen in bills],
                   "rows": [{"on": str(on), "fen": fen} for on, fen in rows]} | more  # fmt: skip
        return self.agreed("arrears.plan", "arrears_plan_v1", content)

    def owed(self) -> int:
        """Overdue, with the late fee of today."""
        return sum(fen for ref, fen in self.town.asked(self.account).items() if ref != "PREPAID")

    def pay(self, fen: int, bill: int | None = None) -> None:
        self.town.asked(self.account)
        assert self.town.paid(self.account, {f"B{bill or self.bill}": fen}) == "OK"

    def refresh(self) -> None:
        """The worker's minute."""
        self.world.value("SELECT arrears_refresh_v1(0::smallint, %s)", self.world.now)

    def went(self, kind: str, finding: str) -> None:
        """Somebody went there, as the visit says."""
        with self.world.as_owner():
            self.world.run("UPDATE visit SET done_at = %s, done_by = 'walker', finding = %s WHERE kind = %s"
                           " AND done_at IS NULL AND dropped_at IS NULL", self.world.now, finding, kind)  # fmt: skip

    def visits(self) -> list[tuple[str, str, str]]:
        return self.world.rows(
            "SELECT v.kind, CASE WHEN v.asked_ref = 'C' || c.cut_id THEN 'ours' END,"
            " CASE WHEN done_at IS NOT NULL THEN v.finding WHEN dropped_at IS NOT NULL"
            " THEN 'dropped' ELSE 'open' END FROM visit v, arrears_cut c ORDER BY visit_id"
        )

    def write(self, fen: int, act: str = "arrears.write_off", bill: int | None = None) -> str:
        content = {
            "bills": [{"bill": bill or self.bill, "fen": fen}],
            "evidence": "法院裁定 2029-3",
        }
        return self.agreed(act, "billing_write_off_v1", content)

    def named(self, by: str, place: int, user: int | None) -> str:
        """A collector of a place."""
        return result_code(
            self.world.value("SELECT arrears_collector_v1(%s, %s, %s)", by, place, user)
        ).name
