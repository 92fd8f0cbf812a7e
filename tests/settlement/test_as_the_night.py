"""What the night's role could tell settlement by a plain call: nothing that books and agreements do not say."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.conftest import NewDatabase
from tests.settlement.squared import NEXT, Squared
from tests.world import DAY, NOON
from yifen.core.facts.processes import NIGHT
from yifen.trades.settlement.codes import SettlementCode
from yifen.trades.settlement.operations.settle import settle

TIERS = ((0, 6000, 0), (100_000, 4000, 0))
MONTH_END = DAY + timedelta(days=7)
SETTLE = ("SELECT code, document_id FROM settlement_settle_v1(%(biller)s, %(day)s, now(), %(signed)s, %(mode)s,"
          " %(payments)s, %(amount)s, %(fee)s, %(measure)s, %(period)s, %(on)s, %(who)s::integer[],"
          " %(why)s::text[], %(fen)s::bigint[], %(dates)s::date[])")  # fmt: skip
TRUE_UP = "SELECT code, document_id FROM commission_true_up_v1(%s, %s, now(), %s, %s, %s, %s)"

EXPECT = "SELECT code, document_id FROM receipt_expect_v1(%s, %s, %s, %s, %s, %s, now())"


class Night:
    """A closed day of WATER, which pays 0.6 and 0.4 per cent and gives HEAT a tenth; and who calls as the night."""

    def __init__(self, world: Squared, conn: psycopg.Connection[Any]) -> None:
        self.world, self.conn, self.ids = world, conn, world.ids
        self.true: dict[str, Any] = {
            "biller": self.ids["WATER"], "day": DAY, "signed": None, "mode": "net", "payments": 2,
            "amount": 125_025, "fee": 700, "measure": 125_025, "period": 700, "on": NEXT,
            "who": [self.ids["HEAT"], self.ids["WATER"]], "why": ["split", "own"],
            "fen": [12_432, 111_893], "dates": [None, NEXT],
        }  # fmt: skip

    def says(self, statement: str, params: Any) -> Any:
        return self.conn.execute(statement, params).fetchall()[0]

    def stands(self) -> Any:
        """What a refusal leaves as it was."""
        return self.conn.execute(
            "SELECT (SELECT count(*) FROM settlement), (SELECT count(*) FROM commission),"
            " (SELECT count(*) FROM ledger_transfer), (SELECT count(*) FROM receipt)").fetchall()  # fmt: skip


@pytest.fixture(scope="module")
def made(new_database: NewDatabase) -> Iterator[tuple[Squared, str]]:
    database = new_database()
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        world = Squared(conn)
        world.network()
        world.bank()
        world.agreement("WATER", TIERS, payout=True)
        world.merchant("HEAT")
        world.merchant("WATER")
        world.share("WATER", "HEAT", 100_000)
        world.biller("GRID")
        world.admit("WX", "GRID")
        world.agreement("GRID", TIERS, period="month", min_fen=900)
        world.pay("GRID", 10_000)
        world.keeps("WX", 7)
        world.pay("WATER", 125_000)
        world.pay("WATER", 25)
        for _ in range(8):  # to the end of the month
            world.cut()
        yield world, database.url(NIGHT)


@pytest.fixture
def night(made: tuple[Squared, str]) -> Iterator[Night]:
    """Nothing of a test stays."""
    with psycopg.connect(made[1]) as conn:
        yield Night(made[0], conn)
        conn.rollback()


def test_what_is_true_is_booked(night: Night) -> None:
    code, document = night.says(SETTLE, night.true)
    assert (code, document < 0) == (0, True)


FALSE: dict[str, Any] = {
    "payments": {"payments": 1}, "amount": {"amount": 8_957_632}, "fee": {"fee": 0, "period": 0},
    "given back": {"fee": -100_000_000}, "measure": {"measure": 0}, "period": {"period": 0},
    "gross": {"mode": "gross", "fen": [12_502, 112_523]}, "paid on": {"on": DAY},
    "part paid on": {"dates": [None, DAY]}, "reason": {"why": ["split", "pooled"]},
    "parts": {"fen": [12_433, 111_892]}, "no agreement": {"measure": None, "period": None, "fee": 0},
}  # fmt: skip


@pytest.mark.parametrize("lie", FALSE.values(), ids=FALSE)
def test_a_figure_that_is_not_the_books_is_refused(night: Night, lie: dict[str, Any]) -> None:
    before = night.stands()
    assert night.says(SETTLE, night.true | lie) == (SettlementCode.FIGURES_WRONG, None)
    assert night.stands() == before


def test_a_days_money_goes_to_nobody_else(night: Night) -> None:
    """The whole of it, as if it were pooled, to another biller."""
    lie = {"who": [night.ids["GAS"]], "why": ["pooled"], "fen": [124_325], "dates": [NEXT]}
    before = night.stands()
    assert night.says(SETTLE, night.true | lie) == (SettlementCode.FIGURES_WRONG, None)
    assert night.stands() == before


def test_an_unproved_day_is_signed_by_who_decided_it(night: Night) -> None:
    """Only in the name of the second person, of that book, for that day or a later one."""
    world = night.world
    assert night.says(SETTLE, night.true | {"signed": "clearing9"}) == (SettlementCode.DAY_NOT_PROVED, None)
    assert night.says("SELECT code, document_id FROM settlement_open_v1(%s, %s, %s, '{}')",
                      (night.ids["WATER"], DAY, "clearing9")) == (SettlementCode.DAY_NOT_PROVED, None)  # fmt: skip
    for book, day in ((2, DAY), (1, DAY - timedelta(days=1))):
        world.two_people("night.sign", f"{book} {day}", {"book": book, "day": str(day)})
        assert night.says(SETTLE, night.true | {"signed": "checker01"})[0] == (
            SettlementCode.DAY_NOT_PROVED)  # fmt: skip
    world.two_people("night.sign", f"1 {DAY}", {"book": 1, "day": str(DAY)})
    assert night.says(SETTLE, night.true | {"signed": "maker01"})[0] == SettlementCode.DAY_NOT_PROVED
    assert night.says(SETTLE, night.true | {"signed": "checker01"})[0] == 0


@pytest.mark.parametrize("fee", [-100_000_000, 0, 839, 841])
def test_a_true_up_is_what_the_agreement_says(night: Night, fee: int) -> None:
    """The day was charged 60 fen, the month at least 900: 840 are lacking."""
    grid = night.ids["GRID"]
    _settled(night, grid)
    assert night.says(TRUE_UP, (grid, DAY, "net", 840, 10_000, 900)) == (SettlementCode.FIGURES_WRONG, None)
    before = night.stands()
    for told in ((fee, 10_000, 900), (fee, 10_000, 60 + fee), (840, 0, 900)):
        assert night.says(TRUE_UP, (grid, MONTH_END, "net", *told)) == (SettlementCode.FIGURES_WRONG, None)
    assert night.says(TRUE_UP, (grid, MONTH_END, "gross", 840, 10_000, 900))[0] == SettlementCode.FIGURES_WRONG
    assert night.stands() == before
    assert night.says(TRUE_UP, (grid, MONTH_END, "net", 840, 10_000, 900))[0] == 0


def test_a_month_of_a_biller_without_one_is_not_trued_up(night: Night) -> None:
    water = night.ids["WATER"]
    _settled(night, water)
    for told in ((-100_000_000, 0, 0), (0, 0, 0), (0, 125_025, 700)):
        assert night.says(TRUE_UP, (water, MONTH_END, "net", *told)) == (SettlementCode.FIGURES_WRONG, None)


@pytest.mark.parametrize(("gross", "fee"), [
    (135_025, 135_025), (135_025, 0), (135_025, 8), (7, 7), (40_000_000, 40_000_000), (0, 7), (-135_025, 7),
])  # fmt: skip
def test_a_channel_owes_what_files_and_books_say(night: Night, gross: int, fee: int) -> None:
    """Its file keeps 7 fen; nobody writes off the rest as fee."""
    told, before = (night.ids["WX"], DAY, night.ids["ABC"]), night.stands()
    assert night.says(EXPECT, (*told, gross, fee, NEXT)) == (SettlementCode.FIGURES_WRONG, None)
    assert night.stands() == before
    assert night.says(EXPECT, (*told, 135_025, 7, NEXT))[0] == 0


def test_a_channel_without_a_file_keeps_nothing(night: Night) -> None:
    told = (night.ids["WX"], NEXT, night.ids["ABC"])
    assert night.says(EXPECT, (*told, 0, 1, NEXT)) == (SettlementCode.FIGURES_WRONG, None)
    assert night.says(EXPECT, (*told, 0, 0, NEXT))[0] == 0


def _settled(night: Night, biller: int) -> None:
    """Its days up to the end of the month."""
    for number in range((MONTH_END - DAY).days + 1):
        assert settle(night.conn, biller, DAY + timedelta(days=number), NOON).code == 0
