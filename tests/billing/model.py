"""The rules of pricing once more, by hand and in fractions: what billing_rate_v1 is compared with.

Written from the notices' words, not from the SQL: a tier is an interval of the cycle's consumption, and a bill
pays for what of it lies inside.
"""

from fractions import Fraction
from math import floor, inf

from tests.billing.priced import Asked
from yifen.trades.billing.prices.versions import PricePart, PriceVersion, TierLimit

Line = tuple[int, int, int]  # part_no, thousandths, fen
BY_QUANTITY = ("qty", "peak", "valley", "flat")


def half_up(value: Fraction) -> int:
    """To a whole, a half away from zero."""
    return floor(abs(value) + Fraction(1, 2)) * (1 if value >= 0 else -1)


def ends(version: PriceVersion, asked: Asked, cycle_months: int) -> list[int]:
    """Where each tier ends for this household in this month; the one after the last has no end."""
    found: list[int] = []
    rows = [row for row in version.limits if row.months >> (asked.month or 1) & 1]
    for tier in range(1, 10):
        for row in (row for row in rows if row.tier == tier):
            months = Fraction(asked.months) if asked.months is not None else Fraction(cycle_months)
            whole = (row.limit_milli + household(row, asked.persons or 1)) * months / cycle_months
            found.append(max(half_up(whole), found[-1] if found else 0))
    return found


def household(row: TierLimit, persons: int) -> int:
    """What a large household has more."""
    if row.persons_over is None or persons <= row.persons_over:
        return 0
    return row.add_milli * (persons - row.persons_over) if row.add_each else row.add_milli


def in_tier(tier: int, tier_ends: list[int], start: int, end: int) -> int:
    """How much of the way from start to end lies in the tier; negative on the way down."""
    below = -inf if tier == 1 else tier_ends[tier - 2] if tier - 2 < len(tier_ends) else inf
    above = tier_ends[tier - 1] if tier - 1 < len(tier_ends) else inf
    inside = min(max(start, end), above) - max(min(start, end), below)
    return int(max(inside, 0)) * (1 if end >= start else -1)


def quantity(part: PricePart, asked: Asked, tier_ends: list[int]) -> int:
    """Of one line, in thousandths."""
    factor = Fraction(asked.factor or 1)
    used, peak, valley = (half_up((x or 0) * factor) for x in (asked.qty_milli, asked.peak_milli, asked.valley_milli))
    billed = Fraction(1 if asked.billed_months is None else asked.billed_months)
    start = asked.used_milli or 0
    if part.tier:
        return in_tier(part.tier, tier_ends, start, start + used)
    return {"qty": used, "peak": peak, "valley": valley, "flat": used - peak - valley,
            "area": asked.area_milli or 0, "area_month": half_up((asked.area_milli or 0) * billed),
            "month": half_up(1000 * billed), "fixed": 1000}[part.basis]  # fmt: skip


def model(version: PriceVersion, asked: Asked, cycle_months: int) -> list[Line]:
    """The lines that are not 0, in order, the bound (part_no 0) last."""
    tier_ends, share = ends(version, asked, cycle_months), Fraction(1 if asked.share is None else asked.share)
    found: list[Line] = []
    for number, part in enumerate(version.parts, 1):
        milli = quantity(part, asked, tier_ends)
        yuan = Fraction(milli, 1000) * Fraction(part.price) * (1 if part.basis in BY_QUANTITY else share)
        found.append((number, milli, half_up(100 * yuan)))
    total = sum(fen for _, _, fen in found)
    bounded = total
    if half_up((asked.qty_milli or 0) * Fraction(asked.factor or 1)) >= 0:
        bounded = max(bounded, half_up(version.minimum_fen * share))
        if version.cap_price is not None and asked.area_milli is not None:
            bounded = min(bounded, half_up(Fraction(asked.area_milli, 10) * Fraction(version.cap_price) * share))
    if bounded != total:
        found.append((0, (asked.area_milli or 0) if bounded < total else 0, bounded - total))
    return [line for line in found if line[2]]
