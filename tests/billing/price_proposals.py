"""Fees and prices of the county's company, put before a second person."""

from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any

from tests.billing.company import OPENED
from tests.web import site
from tests.web.province import Province
from yifen.trades.billing.prices.versions import PricePart, PriceVersion, TierLimit

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Proposed = tuple[Any, Any, str, Any]
TIERED = PriceVersion("居民阶梯 2027", (
    PricePart("水费 1 档", "qty", D("2.07"), 1), PricePart("水费 2 档", "qty", D("4.07"), 2),
    PricePart("污水处理费", "qty", D("1.36"))), (TierLimit(1, 180_000),))  # fmt: skip


def as_owner(statement: str, values: list[Any]) -> Any:
    """What was set up before; the first value that it answers, if any."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET ROLE yifen_owner")
        cursor.execute(statement, values)
        row = cursor.fetchone() if cursor.description else None
        cursor.execute("RESET ROLE")
    return row and row[0]


def billing_here(biller: int) -> None:
    """Two people agreed to it."""
    as_owner(OPENED, [biller])


def a_fee(biller: int, code: str = "TRIED", **fields: Any) -> int:
    """Likewise."""
    billing_here(biller)
    row = {"biller_id": biller, "code": code, "name": "水费", "unit": "m³", "metered": True, "cycle": "year",
           "mode": "partial", "due_days": 30} | fields  # fmt: skip
    return int(as_owner(
        f"INSERT INTO billing_fee ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})"
        " ON CONFLICT (biller_id, code) DO UPDATE SET name = excluded.name RETURNING fee_id",
        [*row.values()]))  # fmt: skip


def asked_price(fee: int, since: date = date(2027, 1, 1), version: PriceVersion = TIERED) -> Any:
    from yifen.trades.billing.prices.proposing import AskedPrice

    return AskedPrice(fee, "residential", "", since, version)


def proposed_price(access: Any, asked: Any, at: datetime = NOW) -> Any:
    """PriceTrial on 200 and put before a second person."""
    from yifen.trades.billing.prices import proposing as prices
    from yifen.trades.billing.prices import trial

    use = trial.TrialUse(month=3, qty_milli=200_000)
    tried = trial.try_price(asked.rows, use, prices.in_force(asked, asked.valid_from))
    return prices.propose(access, asked, use, tried.digest, at)


def price(place: Province) -> Proposed:
    fee = a_fee(place.own.biller)
    row = proposed_price(site.access(place.users["biller_staff"]), asked_price(fee))
    return (row, place.users["institution_admin"],
            "SELECT count(*) FROM billing_limit l JOIN billing_part t USING (price_id) JOIN billing_price p"
            " USING (price_id) WHERE p.fee_id = %s", fee)  # fmt: skip


def fee(place: Province) -> Proposed:
    from yifen.trades.billing.prices import fees

    billing_here(place.own.biller)
    asked = fees.AskedFee(place.own.biller, "STEAM", "供热费", "m²", False, "none", "partial", 30)
    return (fees.propose(site.access(place.users["biller_staff"]), asked, NOW), place.users["institution_admin"],
            "SELECT count(*) FROM billing_fee WHERE biller_id = %s", place.own.biller)  # fmt: skip


MAKERS = {"billing.price": price, "billing.fee": fee}
