"""A season as one book: the worked examples of docs/heating.md and docs/arrears.md run, with every posting and figure.
Six flats of one company, from requests in summer to a bad debt that is paid two years later; a collector's day too."""

from datetime import date
from typing import Any

import pytest

from tests.arrears.debtor import Debtor
from tests.docs import pages
from tests.figures.season import ask, of, totals
from tests.heating.service import SEASON, HeatTown
from tests.world import World

HEATING = ["docs/heating.md", "docs/heating.zh.md"]
ARREARS = ["docs/arrears.md", "docs/arrears.zh.md"]
ALL = {"since": date(2026, 1, 1), "until": date(2029, 12, 31)}
PAID_ON, LISTED_ON = date(2026, 12, 15), date(2026, 12, 21)
RECEIVABLE, COLLECTED, BILLED, LOSS = "1123", "1124", "6001", "6701"
OWES, LATE, LATER = 270_156, 39_173, 482_922  # D's bill; the late fees told until he paid a part, and since
BAD = OWES + LATE - 100_000 + LATER
SUMS = [(RECEIVABLE, BILLED, LATE), (COLLECTED, RECEIVABLE, 100_000), (RECEIVABLE, BILLED, LATER),
        (LOSS, RECEIVABLE, BAD), (RECEIVABLE, LOSS, BAD), (COLLECTED, RECEIVABLE, BAD)]  # fmt: skip


def yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


class Unpaid(Debtor):
    """D, who has heat and does not pay, under the rule of five steps."""

    account = "D"

    def __init__(self, heat: HeatTown, service: int) -> None:
        self.town, self.world, self.fee, self.service = heat.town, heat.world, heat.fee, service
        self.customer, self.bill = self.world.rows("SELECT customer_id, bill_id FROM billing_service"
                                                   " JOIN billing_bill USING (service_id)"
                                                   " WHERE service_id = %s", service)[0]  # fmt: skip
        self.town.late_rule(self.fee, "2", "3", fee_first=True)
        assert self.rule() == "OK"


class Book:
    """The season, played to its end."""

    def __init__(self, heat: HeatTown) -> None:
        self.heat, self.town, self.world = heat, heat.town, heat.world
        self.days: list[list[str]] = []  # of the debt, as the page has them
        self.season = heat.season(by_days=True, ask_until="2027-03-15", paid_first=False)
        self.flats = {name: heat.flat(name) for name in "ABCDEF"}
        self.requests()
        self.billed()
        self.collectors_day()
        self.unpaid = self.listed(LISTED_ON)
        self.stopped_late(self.flats["F"])
        self.winter = self.town.postings()
        self.debtor = Unpaid(heat, self.flats["D"])
        self.dunned()
        self.instalments()
        self.disputed()
        self.written_off()
        self.town.book()
        told = of(self.town, ask(("user",), ("collected",), **ALL))
        self.by_teller = [(line.keys[0], line.values[0]) for line in told.lines]

    def requests(self) -> None:
        """A, B and E are stopped; E is found warm, B starts again."""
        heat, flats = self.heat, self.flats
        for name in "ABE":
            heat.stopped(flats[name], self.season, SEASON[0])
        self.town.on(date(2026, 12, 10))
        self.world.made("SELECT visits_ask_v1(%s, 0::smallint, 5000, %s, 'check', 'heating', 'C5', '', %s, %s)",
                        self.town.biller, flats["E"], date(2026, 12, 10), self.world.now)  # fmt: skip
        heat.seen("C5", "warm")
        share = self.world.value("SELECT share_id FROM heating_stop WHERE service_id = %s", flats["E"])
        assert heat.charged(share, date(2026, 12, 10)) == "OK"
        start = heat.asked(flats["B"], self.season, "start", date(2026, 12, 12))
        heat.seen(f"R{start}")
        assert heat.decided(start) == "OK"

    def billed(self) -> None:
        """Basic fees and whole ones, by the shares in force."""
        run = self.town.made(self.heat.fee, *SEASON)
        assert self.town.published(run) == ["OK"]
        rows: list[tuple[Any, ...]] = self.world.rows(
            "SELECT b.account_no, coalesce(k.from_on || ' – ' || k.to_on, ''),"
            " 121 - coalesce((k.to_on - k.from_on + 1) * (1000 - k.permille) / 1000.0, 0), b.amount_fen"
            " FROM billing_bill b LEFT JOIN heating_stop k USING (bucket, service_id) WHERE b.run_id = %s"
            " ORDER BY b.account_no", run)  # fmt: skip
        self.bills = [[account, stopped, f"{days:.1f}", str(fen)] for account, stopped, days, fen in rows]

    def collectors_day(self) -> None:
        """A and B pay by phone; C and E at the door, in cash out of which the collector gives change."""
        self.town.on(PAID_ON)
        desk = self.desk()
        shift = self.world._insert("counter_shift", {
            "teller_id": self.teller(), "institution_id": self.world.institution, "channel_id": desk,
            "business_day": PAID_ON, "opened_at": self.world.now, "opening_fen": 20_000, "reason": "",
            "state": "open"}, "id")  # fmt: skip
        taken = 0
        for name in "ABCE":
            ref, fen = self.world.rows("SELECT ref, due_fen FROM payable WHERE account_no = %s AND balance_fen IS NULL",
                                       name)[0]  # fmt: skip
            channel = "DESK" if name in "CE" else "WX"
            assert self.town.paid(name, {ref: fen}, channel) == "OK"
            if channel == "DESK":
                taken += fen
                self.world._insert("counter_entry", {
                    "shift_id": shift, "teller_id": self.teller(), "institution_id": self.world.institution,
                    "channel_id": desk, "code": "4623", "serial": f"S{self.town.serials}",
                    "biller_id": self.town.biller, "biller_code": "POWER", "account_no": name, "payer_name": "",
                    "lines": "[]", "amount_fen": fen, "pay_kind": "cash", "from_account": "", "reason": "",
                    "tendered_fen": 300_000, "change_fen": 300_000 - fen, "state": "booked",
                    "business_day": PAID_ON, "at": self.world.now, "quote": "", "prints": 0})  # fmt: skip
        drawer = 20_000 + taken
        self.world.set_up("UPDATE counter_shift SET state = 'closed', closed_at = %s, expected_fen = %s,"
                          " counted_fen = %s, difference_fen = 0", self.world.now, drawer, drawer)  # fmt: skip
        self.handed_in = self.world.rows("SELECT cash_fen, other_fen, expected_fen, difference_fen, handed_in_fen,"
                                         " is_open FROM figure_shift")  # fmt: skip
        self.town.book()

    def desk(self) -> int:
        desk = self.world.channel("DESK")
        self.world.set_up("UPDATE channel SET hosted = 'counter' WHERE partner_id = %s", desk)
        self.world.admit("DESK", "POWER")
        return desk

    def teller(self) -> int:
        return int(self.world.value("SELECT id FROM access_user WHERE login = 'maker01'"))

    def listed(self, day: date) -> list[list[str]]:
        """Heat unpaid."""
        return [[str(cell) for cell in row] for row in self.world.rows(
            "SELECT c.account_no, u.state, u.since, u.owed_fen FROM heating_season s"
            " JOIN billing_service v USING (fee_id) JOIN billing_customer c USING (bucket, customer_id)"
            " CROSS JOIN LATERAL heating_unpaid_v1(s, v, %s) u ORDER BY 1", day)]  # fmt: skip

    def stopped_late(self, flat: int) -> None:
        """F asks when the season is billed."""
        heat, town = self.heat, self.town
        town.on(LISTED_ON)
        late = heat.asked(flat, self.season, from_on=date(2027, 2, 1))
        heat.seen(f"R{late}")
        assert heat.decided(late) == "SHARE_BILLED"
        bill = self.world.value("SELECT bill_id FROM billing_bill WHERE service_id = %s", flat)
        _, cancel = town.cancelled(bill)
        assert cancel is not None
        assert town.published(cancel) == ["OK"]
        assert heat.decided(late) == "OK"
        assert town.published(town.made(heat.fee, *SEASON, flat)) == ["OK"]
        ref = next(one for one, fen in town.asked("F").items() if fen)
        assert town.paid("F", {ref: 193_351}) == "OK"
        town.book()

    # --- D ---------------------------------------------------------------------------------------------
    def on(self, day: str, said: bool = True) -> date:
        self.town.on(date.fromisoformat(day))
        if said:
            self.say(day)
        return date.fromisoformat(day)

    def say(self, day: str) -> None:
        self.days.append([day, yuan(self.debtor.owed())])

    def dunned(self) -> None:
        """To the cut."""
        debtor = self.debtor
        self.on("2026-12-21")
        assert debtor.message() == ("no_phone", OWES + 540)
        self.on("2026-12-30")
        assert debtor.call("reached") == "OK"
        self.on("2027-01-09")
        assert debtor.sheet("letter")[0] == "OK"
        day = self.on("2027-01-19")
        code, number = debtor.sheet("notice")
        assert (code, number is None) == ("OK", False)
        assert number is not None
        assert debtor.served(number, day) == "OK"
        self.on("2027-02-02", said=False)
        assert debtor.cut() == "BATCH_EMPTY"  # a day too early
        self.on("2027-02-03")
        assert debtor.cut() == "OK"
        self.on("2027-02-04", said=False)
        debtor.went("cut", "ok")

    def instalments(self) -> None:
        """Restored by a plan, which is broken, and mended by another."""
        debtor = self.debtor
        self.on("2027-02-05")
        owed = debtor.owed()
        assert debtor.plan([(date(2027, 2, 10), 100_000), (date(2027, 3, 10), owed - 100_000)]) == "OK"
        debtor.refresh()
        debtor.went("restore", "ok")
        debtor.refresh()
        assert debtor.visits()[-2:] == [("cut", "ours", "ok"), ("restore", "ours", "ok")]
        self.on("2027-02-10", said=False)
        debtor.pay(100_000)
        self.say("2027-02-10")
        self.on("2027-03-11")
        assert debtor.next()[2] == "finished"  # the plan holds nothing any more
        self.on("2027-03-12")
        assert debtor.plan([(date(2027, 4, 1), debtor.owed())]) == "OK"
        assert debtor.next()[2] == "plan"

    def disputed(self) -> None:
        """And rejected by another person."""
        debtor = self.debtor
        self.on("2027-03-15")
        given = ("maker01", debtor.customer, debtor.fee, [debtor.bill], "面积有误")
        assert debtor.called("arrears_dispute_v1", *given) == "OK"
        assert debtor.next()[2] == "disputed"
        hold = self.world.value("SELECT max(hold_id) FROM arrears_hold")
        assert debtor.called("arrears_settle_v1", "maker01", hold, False, "核对无误") == "CHECKER_IS_MAKER"
        assert debtor.called("arrears_settle_v1", "checker01", hold, False, "核对无误") == "OK"

    def written_off(self) -> None:
        """With its late fee; taken up again, and paid."""
        debtor = self.debtor
        self.on("2029-03-20")
        assert debtor.owed() == BAD
        assert debtor.write(BAD) == "OK"
        self.town.book()
        self.given_up = self.figures()
        self.on("2029-04-01", said=False)
        assert debtor.write(BAD, "arrears.take_up") == "OK"
        self.say("2029-04-01")
        debtor.pay(BAD)

    # --- what stands there -----------------------------------------------------------------------------
    def figures(self) -> dict[str, int | None]:
        """Of the overview, of all days."""
        measures = ("asked", "settled", "written_off", "owing", "collected")
        return totals(of(self.town, ask(("fee",), measures, **ALL)))


@pytest.fixture
def book(world: World) -> Book:
    from tests.billing.town import Town

    return Book(HeatTown(Town(world)))


def test_the_season_of_the_pages_has_its_bills_its_days_its_postings_and_its_figures(book: Book):
    for page in HEATING:
        assert book.bills == pages.rows(page, "bills")
        assert book.unpaid == pages.rows(page, "unpaid")
        assert [[*how, str(fen)] for *how, fen in book.winter] == pages.rows(page, "postings")
    for page in ARREARS:
        assert [[row[0], row[2]] for row in pages.rows(page, "debt") if row[2]] == book.days
        assert [row[1:] for row in pages.rows(page, "sums")] == [
            [f"`{debit}`", f"`{credit}`", yuan(fen)] for debit, credit, fen in ((RECEIVABLE, BILLED, OWES), *SUMS)]
    assert book.town.postings()[len(book.winter):] == [
        *(("late", RECEIVABLE, BILLED, fen) for fen in (540, 4_863, 7_835, 8_104, 11_347, 810, 1_621, 4_053)),
        ("paid", COLLECTED, RECEIVABLE, 100_000),
        *(("late", RECEIVABLE, BILLED, fen) for fen in (18_211, 628, 1_884, 462_199)),
        ("written", LOSS, RECEIVABLE, BAD),
        ("written", RECEIVABLE, LOSS, BAD),
        ("paid", COLLECTED, RECEIVABLE, BAD),
    ]  # fmt: skip
    # C and E at the door, 2,701.56 and 2,255.02, with 200.00 in the drawer
    assert book.handed_in == [(495_658, 0, 515_658, 0, None, False)]
    paid = 771_619 + 193_351 + 100_000
    asked = 1_311_931 - 270_156 + 193_351 + LATE + LATER
    assert book.given_up == {"asked": asked, "settled": paid, "written_off": BAD, "owing": 0, "collected": paid}
    assert book.figures() == {"asked": asked, "settled": asked, "written_off": 0, "owing": 0, "collected": asked}
    assert book.by_teller == [("", asked - 495_658), (str(book.teller()), 495_658)]
    assert book.town.books() == {COLLECTED: asked, BILLED: -asked}
    assert book.town.wrong() == []
