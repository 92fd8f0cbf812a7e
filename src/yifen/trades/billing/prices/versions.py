"""A version of a price 价格版本 as people write it and as its rows have it. Pure.

Prices are yuan a unit, quantities thousandths of the fee's unit. What each field does to a bill says
`sql/rate_v1.sql`, which alone computes.
"""

from decimal import Decimal
from typing import NamedTuple

from msgspec import Struct, field

from yifen.core.facts.plug import Text

AREA, MONTH = "m²", Text("月", "month")


class Basis(NamedTuple):
    """What a part is priced by, and of what its price is one (None: of the fee's own unit)."""

    text: Text
    of: Text | None = None


BASES = {
    "qty": Basis(Text("按用量", "by quantity")), "peak": Basis(Text("峰", "peak")),
    "valley": Basis(Text("谷", "valley")), "flat": Basis(Text("平", "flat")),
    "area": Basis(Text("按面积", "by area"), Text(AREA, AREA)),
    "area_month": Basis(Text("按面积按月", "by area and month"),
                        Text(f"{AREA}·{MONTH.zh}", f"{AREA} and {MONTH.en}")),
    "month": Basis(Text("按月", "by month"), MONTH), "fixed": Basis(Text("每次", "once"), Text("次", "bill")),
}  # fmt: skip
"""All there are; how each is computed stands in `sql/rate_v1.sql`, which fails for any other."""
ALL_MONTHS = 8190  # bits 1 to 12
PARTS_MAX, TIERS_MAX = 40, 9
PRICE_MAX = Decimal(10**7)
QUANTITY_MAX = 10**12  # thousandths


class PricePart(Struct, frozen=True):
    """One line of a bill: what is priced (`basis`), in which tier (0: none), yuan a unit."""

    name: str
    basis: str
    price: Decimal
    tier: int = 0


class TierLimit(Struct, frozen=True):
    """Where a tier ends in these months, of a whole cycle; a household of more than `persons_over` has
    `add_milli` more, once or for each person."""

    tier: int
    limit_milli: int
    months: int = ALL_MONTHS
    persons_over: int | None = None
    add_milli: int = 0
    add_each: bool = False


class PriceVersion(Struct, frozen=True):
    """All of a version but whose it is and from when. `minimum_fen`: a bill's least, `cap_price`: its most,
    yuan a unit of area; `tax_rate` is inside the prices."""

    name: str
    parts: tuple[PricePart, ...]
    limits: tuple[TierLimit, ...] = ()
    minimum_fen: int = 0
    cap_price: Decimal | None = None
    tax_rate: Decimal = field(default_factory=Decimal)


def month_bits(*months: int) -> int:
    """`month_bits(5, 6)`: the bits of May and June."""
    return sum(1 << month for month in months)


def months_of(bits: int) -> list[int]:
    """The months of bits, in order."""
    return [month for month in range(1, 13) if bits >> month & 1]


def price_fits(price: Decimal) -> bool:
    """Is it a price?"""
    return price.is_finite() and 0 <= price <= PRICE_MAX and price == round(price, 8)
