"""The worked example of docs/heating.md runs: five flats through a winter, every posting."""

from datetime import date
from typing import Any

import pytest

from tests.docs import pages
from tests.heating.service import SEASON, HeatTown
from tests.world import World

PAGES = ["docs/heating.md", "docs/heating.zh.md"]
PAID_ON, LISTED_ON = date(2026, 12, 15), date(2026, 12, 21)


class Winter:
    """What the page tells, played to its end."""

    def __init__(self, heat: HeatTown) -> None:
        self.heat, town = heat, heat.town
        self.season = heat.season(by_days=True, ask_until="2027-03-15", paid_first=False)
        flats = {name: heat.flat(name) for name in "ABCDE"}
        for name in "ABE":
            heat.stopped(flats[name], self.season, SEASON[0])
        town.on(date(2026, 12, 10))
        heat.world.made("SELECT visits_ask_v1(%s, 0::smallint, 5000, %s, 'check', 'heating', 'C5', '', %s, %s)",
                        town.biller, flats["E"], date(2026, 12, 10), heat.world.now)  # fmt: skip
        heat.seen("C5", "warm")
        share = heat.world.value("SELECT share_id FROM heating_stop WHERE service_id = %s", flats["E"])
        assert heat.charged(share, date(2026, 12, 10)) == "OK"
        start = heat.asked(flats["B"], self.season, "start", date(2026, 12, 12))
        heat.seen(f"R{start}")
        assert heat.decided(start) == "OK"
        self.run = town.made(heat.fee, *SEASON)
        assert town.published(self.run) == ["OK"]
        self.bills = self.told()
        town.on(PAID_ON)
        for name in "ABCE":
            ref, fen = heat.world.rows("SELECT ref, due_fen FROM payable WHERE account_no = %s AND balance_fen IS NULL",
                                       name)[0]  # fmt: skip
            assert town.paid(name, {ref: fen}) == "OK"
        town.book()
        self.unpaid = self.listed(LISTED_ON)
        self.stop_late(flats["D"])

    def stop_late(self, flat: int) -> None:
        heat, town = self.heat, self.heat.town
        town.on(LISTED_ON)
        late = heat.asked(flat, self.season, from_on=date(2027, 2, 1))
        heat.seen(f"R{late}")
        assert heat.decided(late) == "SHARE_BILLED"
        bill = heat.world.value("SELECT bill_id FROM billing_bill WHERE service_id = %s", flat)
        _, cancel = town.cancelled(bill)
        assert cancel is not None
        assert town.published(cancel) == ["OK"]
        assert heat.decided(late) == "OK"
        assert town.published(town.made(heat.fee, *SEASON, flat)) == ["OK"]

    def told(self) -> list[list[str]]:
        """Bills with the days that counted, by the shares in force."""
        rows: list[tuple[Any, ...]] = self.heat.world.rows(
            "SELECT b.account_no, coalesce(k.from_on || ' – ' || k.to_on, ''),"
            " 121 - coalesce((k.to_on - k.from_on + 1) * (1000 - k.permille) / 1000.0, 0), b.amount_fen"
            " FROM billing_bill b LEFT JOIN heating_stop k USING (bucket, service_id) WHERE b.run_id = %s"
            " ORDER BY b.account_no", self.run)  # fmt: skip
        return [[account, stopped, f"{days:.1f}", str(fen)] for account, stopped, days, fen in rows]

    def listed(self, day: date) -> list[list[str]]:
        return [[str(cell) for cell in row] for row in self.heat.world.rows(
            "SELECT c.account_no, u.state, u.since, u.owed_fen FROM heating_season s"
            " JOIN billing_service v USING (fee_id) JOIN billing_customer c USING (bucket, customer_id)"
            " CROSS JOIN LATERAL heating_unpaid_v1(s, v, %s) u", day)]


@pytest.fixture
def winter(world: World) -> Winter:
    from tests.billing.town import Town

    return Winter(HeatTown(Town(world)))


def test_the_winter_of_the_page_has_its_bills_its_list_and_its_postings(winter: Winter):
    postings = [[*how, str(fen)] for *how, fen in winter.heat.town.postings()]
    for page in PAGES:
        assert winter.bills == pages.rows(page, "bills")
        assert winter.unpaid == pages.rows(page, "unpaid")
        assert postings == pages.rows(page, "postings")
    assert winter.heat.town.wrong() == []
