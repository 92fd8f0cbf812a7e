"""Fees and prices in a database, and what is asked of them: plain SQL on a world that is rolled back."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple

from tests.world import World
from yifen.trades.billing.prices.tariffs import BY_KEY, Tariff
from yifen.trades.billing.prices.versions import PriceVersion

ASKED = "ROW(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)::billing_asked"
LINES_SQL = """
SELECT item, line_no, part_no, tier, qty_milli, price, amount_fen
FROM billing_rate_v1(ARRAY[{}]) ORDER BY item, line_no"""
_NUMBERS = count(1)


class Asked(NamedTuple):
    """What is to be priced, field by field as `billing_asked` has it; quantities in thousandths."""

    price_id: int
    qty_milli: int | None = None
    peak_milli: int | None = None
    valley_milli: int | None = None
    area_milli: int | None = None
    factor: Decimal | None = None
    persons: int | None = None
    month: int | None = None
    months: Decimal | None = None
    used_milli: int | None = None
    share: Decimal | None = None
    billed_months: Decimal | None = None


class RatedLine(NamedTuple):
    """One line that came of it."""

    line_no: int
    part_no: int
    tier: int
    qty_milli: int
    price: Decimal
    amount_fen: int


def biller(world: World, code: str = "POWER") -> int:
    """A company that bills here, with its five accounts; made once."""
    if code not in world.ids:
        made = world.biller(code)
        accounts = [world.account(f"{number}.{code}") for number in ("1123", "6001", "2203", "1124", "6701")]
        world.set_up("INSERT INTO billing_biller VALUES (%s, true, %s, %s, %s, %s, %s)", made, *accounts)
    return world.ids[code]


def fee(world: World, unit: str = "kWh", cycle: str = "year", by_months: bool = False) -> int:
    """A kind of charge of its own."""
    return int(world.made(
        "INSERT INTO billing_fee (biller_id, code, name, unit, metered, cycle, by_months, mode, due_days)"
        " VALUES (%s, %s, '电费', %s, true, %s, %s, 'partial', 30) RETURNING fee_id",
        biller(world), f"F{next(_NUMBERS)}", unit, cycle, by_months))  # fmt: skip


def price(
    world: World, fee_id: int, version: PriceVersion, valid_from: date = date(2026, 1, 1),
    class_: str = "residential",
) -> int:  # fmt: skip
    """A version as two people agreed to it."""
    made = int(world.made(
        "INSERT INTO billing_price (fee_id, class, name, valid_from, minimum_fen, cap_price, tax_rate)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING price_id",
        fee_id, class_, version.name, valid_from, version.minimum_fen, version.cap_price,
        version.tax_rate))  # fmt: skip
    with world.as_owner(), world.conn.cursor() as cursor:
        cursor.executemany("INSERT INTO billing_part VALUES (%s, %s, %s, %s, %s, %s)", [
            (made, number, part.name, part.basis, part.tier, part.price)
            for number, part in enumerate(version.parts, 1)])  # fmt: skip
        cursor.executemany("INSERT INTO billing_limit VALUES (%s, %s, %s, %s, %s, %s, %s)", [
            (made, x.tier, x.months, x.limit_milli, x.persons_over, x.add_milli, x.add_each)
            for x in version.limits])  # fmt: skip
    return made


def tariff(world: World, key: str) -> int:
    """A published one in force."""
    found: Tariff = BY_KEY[key]
    return price(world, fee(world, found.unit, found.cycle, found.by_months), found.version)


def rated(world: World, asked: list[Asked]) -> list[list[RatedLine]]:
    """As billing_rate_v1 has them, item by item."""
    given = [value for item, one in enumerate(asked) for value in (item, *one)]
    rows = world.rows(LINES_SQL.format(", ".join([ASKED] * len(asked))), *given)
    return [[RatedLine(*row[1:]) for row in rows if row[0] == item] for item in range(len(asked))]


def lines(world: World, asked: Asked) -> list[RatedLine]:
    """Of one item."""
    return rated(world, [asked])[0]


def told(found: list[RatedLine]) -> list[tuple[Any, ...]]:
    """Quantity, price, fen of each, for a test to read."""
    return [(line.qty_milli, format(line.price.normalize(), "f"), line.amount_fen) for line in found]


def sum_fen(found: list[RatedLine]) -> int:
    """Of all lines."""
    return sum(line.amount_fen for line in found)
