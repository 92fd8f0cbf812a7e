"""以农村信用社账务为准 (P10): a power company's day file with an item that we lack and without one that we have. The
company puts both right; nothing of ours moves, and the transit account goes to it by just our book's sum."""

import io
from typing import Any

import pytest

from tests.agency.bench import Agency
from tests.agency.test_night import cut, gross, sweep
from tests.corebank.bench import SETTLED, TRANSIT
from tests.corebank.core_desk import CoreCounter
from tests.counter.standing import NOW
from tests.reconciliation.day import COLUMNS, WORDS, Line
from tests.world import DAY
from yifen.core.facts.refused import Refused
from yifen.trades.reconciliation import files, runs
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.profile import read_profile
from yifen.trades.reconciliation.repair import items, operations, single_sided
from yifen.trades.reconciliation.repair.words import RepairAction
from yifen.trades.settlement.operations.settle import settle_due

THEIRS = "UTILITY-ONLY"


class Told:
    """The day after its file was compared: both at this biller, one both have."""

    def __init__(self, agency: Agency) -> None:
        from yifen.core.access import edge

        self.agency, self.biller = agency, agency.biller
        agency.clock.now = edge.now()  # the desk signs by the clock of the wall
        counter = CoreCounter(agency.place)
        counter.core = agency  # type: ignore[assignment]  # whose core answers
        counter.open(50_000)
        counter.owe(P1=12_300, P2=4_500)
        both, ours = (counter.pay(counter.draft("cash", **{ref: fen})) for ref, fen in (("P1", 12_300), ("P2", 4_500)))
        assert (both.state, ours.state) == ("booked", "booked")
        self.ours, noon = str(ours.payment_id), NOW.replace(tzinfo=None)
        cut(agency)
        self.describe()
        earlier = Line(str(agency.place.own.payment_id), "sale", 12_345, 0, noon)
        lines = [earlier, Line(str(both.payment_id), "sale", 12_300, 0, noon), Line(THEIRS, "sale", 7_700, 0, noon)]
        self.before = self.money()
        profile = read_profile(agency.night, self.biller)
        body = "".join(line.text() for line in lines).encode()
        files.take_in(agency.night, profile, io.BytesIO(body), "day.txt", "test", NOW, DAY, replaces_all=True)
        self.found = runs.reconcile(agency.night, profile, DAY, NOW)

    def describe(self) -> None:
        """The company's file is a table; whose book counts is as by default: ours."""
        self.agency.owner("DELETE FROM recon_item")
        for position, (name, target, kind) in enumerate(COLUMNS, 1):
            self.agency.owner(
                "INSERT INTO recon_layout_column (layout_id, position, name, target, type, words)"
                " SELECT layout_id, %s, %s, %s, %s, %s FROM recon_profile WHERE partner_id = %s", position, name,
                target, kind, WORDS if kind == "word" else "", self.biller)  # fmt: skip
        self.agency.owner("UPDATE recon_profile SET whole = true WHERE partner_id = %s", self.biller)

    def money(self) -> Any:
        """All that is ours: the hub's balances, the core's, and how payments of the company stand."""
        balances = self.agency.rows("SELECT * FROM ledger_balance ORDER BY 1, 2")
        payments = self.agency.rows("SELECT payment_id, payer_state, biller_state FROM payment WHERE biller_id = %s"
                                    " ORDER BY 1", self.biller)  # fmt: skip
        return balances, self.agency.books.balances(), payments

    def items(self) -> dict[str, Any]:
        rows = self.agency.rows("SELECT item_id FROM recon_item WHERE partner_id = %s", self.biller)
        return {item.serial: item for item in (items.read(self.agency.night, row[0]) for row in rows)}

    def work_off(self) -> Any:
        """As the night does it."""
        from yifen.face.shell.hub import local_hub

        return operations.work_off(self.agency.night, local_hub(), NOW, day=DAY, partner_id=self.biller)


@pytest.fixture(scope="module")
def told(agency: Agency) -> Told:
    gross(agency.ready())
    return Told(agency)


def test_both_are_found_and_what_is_suggested_moves_no_money_of_ours(told: Told):
    assert told.found.differences == {"ours_only": 1, "theirs_only": 1}
    assert (told.found.matched.count, told.found.matched.amount_fen) == (2, 24_645)
    found = told.items()
    assert {serial: item.kind for serial, item in found.items()} == {told.ours: "ours_only", THEIRS: "theirs_only"}
    for item in found.values():
        step = operations.step_of(told.agency.night, item)
        assert (step.action, step.automatic, step.why) == (RepairAction.TELL, True, None)
    possible = {serial: operations.step_of(told.agency.night, item).possible for serial, item in found.items()}
    assert possible[THEIRS] == {RepairAction.TELL, RepairAction.ACCEPT}
    # Ours may be given back by two people who say why, as any payment may: it is never what is suggested.
    assert possible[told.ours] == {RepairAction.TELL, RepairAction.ACCEPT, RepairAction.REFUND}


def test_its_page_says_whose_book_counts_and_what_the_company_does(told: Told):
    from yifen.trades.reconciliation.pages.item_telling import consequence

    said = {serial: consequence(RepairAction.TELL, item, items.read_leg(told.agency.night, item))
            for serial, item in told.items().items()}  # fmt: skip
    assert said == {
        told.ours: "以本方账务为准：列入单边账文件，由对方补登 ¥45.00；我方不动账，等对方后续文件。",
        THEIRS: "以本方账务为准：列入单边账文件，由对方冲正 ¥77.00；我方不动账，等对方后续文件。",
    }


def test_the_company_is_told_to_book_ours_and_to_reverse_its_own(told: Told):
    assert told.work_off().told == 2
    lines = b"".join(single_sided.write(told.agency.night, told.biller, DAY)).decode().splitlines()[1:-1]
    cells = [line.split("|") for line in lines]
    assert sorted((row[1], row[2], row[4], row[5], row[-1]) for row in cells) == sorted([
        ("ours_only", told.ours, "4500", "", "book"), ("theirs_only", THEIRS, "", "7700", "reverse")])
    assert told.money() == told.before


def test_nobody_can_book_theirs_nor_park_it(told: Told):
    for item in told.items().values():
        for action in ("book", "suspend", "resolve"):
            with pytest.raises(Refused) as refused:
                operations.check(told.agency.night, item.item_id, RepairAction(action))
            assert refused.value.code is RepairCode.ACTION_NOT_POSSIBLE


def test_the_transit_account_goes_by_just_our_books_sum(told: Told):
    agency, before = told.agency, told.agency.balance(SETTLED)
    assert agency.balance(TRANSIT) == 16_800
    assert settle_due(agency.night, 1, DAY, NOW, None)
    swept = sweep(agency)
    assert (swept["sums"], swept["failed"]) == ({"swept": 1, "swept_fen": 16_800}, [])
    assert (agency.balance(TRANSIT), agency.balance(SETTLED) - before) == (0, 16_800)
