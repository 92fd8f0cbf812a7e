"""Seasons of a small town: bills, payments of two channels, returns whole and in part, corrections, late fees, sales,
bills that were imported and payments of any amount; and what any report of them has to be."""

from datetime import date
from typing import Any

from tests.billing.test_random import Life
from tests.billing.town import Town
from yifen.core.facts.processes import READER
from yifen.trades.figures.asking import ReportAsk, held
from yifen.trades.figures.catalogue import BILLS, DIMENSIONS, MEASURES, OF_A_BILL, OUTSIDE, PAYMENTS
from yifen.trades.figures.composing import CELLS_MAX
from yifen.trades.figures.telling import ToldReport, told

EVERYTHING = {"all": True, "partners": "{}", "institutions": "{}", "sandboxes": "{}"}
TODAY = date(2026, 11, 24)
ALL_DAYS = {"period": "days", "since": date(2020, 1, 1), "until": date(2027, 12, 31)}
OF_BILLS = ("billed", "late", "asked", "corrected", "settled", "written_off", "owing", "bills")
OF_PAYMENTS = ("taken", "returned", "collected", "lines", "payments")


def ask(rows: tuple[str, ...], measures: tuple[str, ...], **fields: Any) -> ReportAsk:
    return held(ReportAsk(rows, measures, **ALL_DAYS | fields))


def of(
    town: Town, asked: ReportAsk, most: int = CELLS_MAX, scope: dict[str, Any] = EVERYTHING
) -> ToldReport:
    return told(town.world.conn, asked, TODAY, scope, most)


def totals(report: ToldReport) -> dict[str, int | None]:
    """By measure, of all columns."""
    return {head.measure: value for head, value in zip(report.heads, report.total.values, strict=True)
            if head.column is None and not head.then}  # fmt: skip


class Season(Life):
    """Two customers of two communities, the second with a fee by the month too; WX and ALI collect."""

    def __init__(self, town: Town) -> None:
        super().__init__(town)
        town.world.channel("ALI")
        town.world.admit("ALI", "POWER")
        flat = town.fee("svc", name="服务费", metered=False, cycle="none", mode="partial")
        town.price(flat, [("月费", "month", 0, "12.34")], [], date(2025, 1, 1), **{"class": "shop"})
        town.late_rule(flat, "2", "3")
        self.flat = flat
        town.service(town.customer("A2"), flat, **{"class": "shop"})
        prepaid = town.fee("pre", name="预付电", cycle="none")
        town.price(prepaid, [("电费", "qty", 0, "0.5")], [], date(2025, 1, 1))
        service = town.service(town.customer("A3"), prepaid, prepaid=True)
        town.world._insert("billing_meter", {"bucket": 0, "meter_id": 9000, "service_id": service, "number": "M9",
                                             "biller_id": town.biller, "fitted_on": date(2025, 1, 1)})  # fmt: skip
        self.months, self.returns, self.imports = 0, 0, 0
        town.world.owe("POWER", "A1", "ANY", 0, "open")
        self.written: list[dict[str, Any]] = []
        self.tree()

    def tree(self) -> None:
        """A1 lives in a house of one community, A2 behind a door of another."""
        for account, names in {"A1": ("东苑", "1号楼"), "A2": ("西苑", "2号楼", "1单元")}.items():
            parent = None
            for level, name in enumerate(names, 1):
                parent = self.town.world._insert("billing_place", {
                    "biller_id": self.town.biller, "parent_id": parent, "level": level, "name": name,
                    "path": " ".join(names[:level])}, "place_id")  # fmt: skip
            with self.town.world.as_owner():
                self.town.world.run("UPDATE billing_place SET parent_id = %s, level = %s WHERE name = %s",
                                    parent, len(names) + 1, account)  # fmt: skip

    def fixed(self, _: int) -> None:
        """A month's bill of the second customer, due soon."""
        self.months += 1
        if self.months <= 12:
            since = date(2025, self.months, 1)
            run = self.town.made(self.flat, since, since.replace(day=28))
            assert self.town.published(run) == ["OK"]

    def part(self, permille: int) -> None:
        """Some of what the second owes, by the other channel."""
        due = [(ref, fen) for ref, fen in self.town.asked("A2").items() if fen > 0]
        if due:
            self.pays("A2", {due[0][0]: max(1, due[0][1] * permille // 1000)}, "ALI")

    def write_off(self, which: int) -> None:
        """One of what both owe, by two people's word."""
        due = [(int(ref[1:]), fen) for account in ("A1", "A2") for ref, fen in self.town.asked(account).items()
               if ref.startswith("B") and fen > 0]  # fmt: skip
        if due:
            bill, fen = due[which % len(due)]
            content = {"bills": [{"bill": bill, "fen": fen}], "evidence": "法院裁定"}
            self._written("arrears.write_off", content)
            self.written.append(content)

    def take_up(self, which: int) -> None:
        """What was written off is owed again."""
        if self.written:
            self._written("arrears.take_up", self.written.pop(which % len(self.written)))

    def _written(self, act: str, content: dict[str, Any]) -> None:
        world = self.town.world
        word = world.two_people(act, "1", content, self.town.biller)
        assert world.value("SELECT billing_write_off_v1(%s, %s)", word, world.now) == 0

    def buy(self, fen: int) -> None:
        self.town.asked("A3")
        self.pays("A3", {"PREPAID": fen}, "ALI")
        payable = self.town.world.value(
            "SELECT payable_id FROM payable WHERE account_no = 'A3' AND ref = 'PREPAID'"
        )
        self.town.world.run(
            "SELECT billing_sell_v1(0::smallint, %s, %s)", payable, self.town.world.now
        )

    def imported(self, fen: int) -> None:
        """A bill of the company's own making, half of it paid, and something of any amount by the same payment."""
        self.imports += 1
        ref = f"I{self.imports}"
        self.town.world.owe("POWER", "A1", ref, 2 * fen, "partial")
        self.town.asked("A1")
        self.pays("A1", {ref: fen, "ANY": 7}, "WX")

    def pays(self, account: str, lines: dict[str, int], channel: str) -> None:
        world, town = self.town.world, self.town
        town.serials += 1
        due = dict(world.rows("SELECT ref, due_fen - paid_fen FROM payable WHERE account_no = %s AND state = 'open'",
                              account))  # fmt: skip
        world.quote(f"q{town.serials}", due, world.now.replace(hour=23), channel, "POWER", account)
        code = world.charge(f"S{town.serials}", lines, channel=channel, biller="POWER", account_no=account,
                            quote=f"q{town.serials}").code.name  # fmt: skip
        assert code == "OK", code
        self.payments.append((f"S{town.serials}", sum(lines.values())))

    def reverse(self, which: int) -> None:
        """By whichever channel took it, if the day is still open."""
        self._back("reverse", which, 1)

    def refund(self, which: int) -> None:
        """The day is cut, and half of a payment given back."""
        self.town.world.cut()
        self._back("refund", which, 2)

    def _back(self, verb: str, which: int, part: int) -> None:
        if which >= len(self.payments):
            return
        serial, fen = self.payments[which]
        self.returns += 1
        for channel in ("WX", "ALI"):
            work = getattr(self.town.world, verb)
            code = work(
                f"R{self.returns}{channel}", serial, -(-fen // part), channel=channel
            ).code.name
            assert code in (
                "OK",
                "PREPAID_USED",
                "ALREADY_REVERSED",
                "SERIAL_UNKNOWN",
                "AMOUNT_ABOVE_LEFT",
                "ORIGINAL_UNKNOWN_BLOCKED",
                "DAY_CLOSED_USE_REFUND",
                "DAY_OPEN_USE_REVERSE",
            ), code

    # --- what always holds -----------------------------------------------------------------------------
    def look(self) -> None:
        self.town.book()
        assert self.town.wrong() == []
        books = self.town.books()
        world = self.town.world
        ledger = {
            "asked": -books.get("6001", 0),
            "collected": world.value("SELECT coalesce(sum(b.credit_posted_fen - b.debit_posted_fen), 0)::bigint"
                                     " FROM ledger_balance b JOIN biller p ON p.transit_id = b.account_id"
                                     " WHERE p.partner_id = %s", self.town.biller),
            "owing": books.get("1123", 0),
            "payments": world.value("SELECT count(*) FROM payment WHERE booked_at IS NOT NULL"),
        }  # fmt: skip
        for view, measures in ((BILLS, OF_BILLS), (PAYMENTS, OF_PAYMENTS)):
            for name in (one for one in DIMENSIONS if view in DIMENSIONS[one].of):
                told_by = tuple(one for one in measures if name not in MEASURES[one].not_by)
                self.holds(of(self.town, ask((name,), told_by)), ledger)
            cross = ask(("community", "class"), tuple(one for one in measures if one != "payments"), column="fee")
            for most, top in ((CELLS_MAX, 0), (1, 0), (CELLS_MAX, 1)):
                self.holds(of(self.town, cross._replace(top=top), most), ledger)
        self.holds(of(self.town, ask(("fee",), (*OF_BILLS[:4], *OF_PAYMENTS[:4]))), ledger)
        assert totals(of(self.town, ask(("fee",), ("written_off",))))["written_off"] == (
            self.town.world.value("SELECT coalesce(sum(amount_fen), 0)::bigint FROM billing_write_off")
        )
        self.elsewhere(books.get("1124", 0), ledger["collected"])
        self.reads(ledger)

    def elsewhere(self, here_fen: int, all_fen: int) -> None:
        """What was not billed here stands apart, by whatever a bill tells; its payables are the hub's."""
        for name in OF_A_BILL:
            report = of(self.town, ask((name,), ("collected",)))
            found = {line.keys[0] == OUTSIDE: 0 for line in report.lines}
            for line in report.lines:
                found[line.keys[0] == OUTSIDE] += line.values[0] or 0
            assert (found.get(False, 0), found.get(True, 0)) == (here_fen, all_fen - here_fen), name
        asked = ("SELECT coalesce(sum({}), 0)::bigint, coalesce(sum(paid_fen), 0)::bigint, coalesce(sum({}), 0)::bigint"
                 " FROM {}")  # fmt: skip
        rows = self.town.world.rows(asked.format("asked_fen", "owing_fen", "figure_payable"))
        assert rows == self.town.world.rows(asked.format("due_fen", "due_fen - paid_fen",
                                                         "payable WHERE ref ~ '^I'"))  # fmt: skip
        any_fen = self.town.world.value(
            "SELECT coalesce(sum(CASE t.credit_id WHEN y.credit_id THEN amount_fen ELSE -amount_fen END), 0)::bigint"
            " FROM ledger_transfer t JOIN payable y ON y.payable_id = t.detail_id WHERE y.ref = 'ANY'"
        )
        assert rows[0][1] + any_fen == all_fen - here_fen

    def holds(self, report: ToldReport, ledger: dict[str, int]) -> None:
        """The total is the ledger's, and the rows' sum, whole or cut short."""
        found, asked = totals(report), report.ask
        assert {name: found[name] for name in ledger if name in found} == {
            name: fen for name, fen in ledger.items() if name in found
        }, asked
        lines = [*report.lines, *([report.others] if report.others else [])]
        summed = [
            sum(line.values[place] or 0 for line in lines) for place in range(len(report.heads))
        ]
        assert summed == report.total.values, (asked, report.cut)
        if asked.column:
            across = [sum(value or 0 for head, value in zip(report.heads, report.total.values, strict=True)
                          if head.column is not None and head.measure == name) for name in asked.measures]  # fmt: skip
            assert across == [found[name] for name in asked.measures]
        if "owing" in found and "settled" in found:
            assert (found["asked"] or 0) - (found["settled"] or 0) - (
                found["written_off"] or 0
            ) == found["owing"]

    def reads(self, ledger: dict[str, int]) -> None:
        """What an outsider's own query says."""
        world = self.town.world
        report = of(self.town, ask(("channel",), ("collected",)))
        world.run(f"SET ROLE {READER}")
        try:
            bills = world.rows(
                "SELECT sum(billed_fen + late_fen)::bigint, sum(owing_fen)::bigint FROM figure_bill"
            )[0]
            open_fen = world.value("SELECT coalesce(sum(owing_fen), 0)::bigint FROM figure_arrears")
            paid = world.rows(
                "SELECT channel, sum(net_fen)::bigint FROM figure_payment GROUP BY 1 ORDER BY 1"
            )
        finally:
            world.run("RESET ROLE")
        assert (bills[0] or 0, bills[1] or 0, open_fen) == (
            ledger["asked"],
            ledger["owing"],
            ledger["owing"],
        )
        assert [(line.keys[0], line.values[0]) for line in report.lines] == paid
