"""What a biller pays for the service, who gets which part, and up to whom money is pooled. Pure.

Rules: H7, P11; the agreements are `models.Agreement`, the tree is `models.Merchant`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from msgspec import Struct

PPM = 1_000_000
TIERS_MAX = 20


class Tier(Struct, frozen=True):
    """From `from_measure` (fen, or payments) on: `rate_ppm` of the fen in the tier, or `each_fen`
    for every payment in it."""

    from_measure: int
    rate_ppm: int = 0
    each_fen: int = 0


class FeeTerms(Struct, frozen=True):
    """What a commission agreement 手续费协议 says about the fee; `valid_from` begins its periods."""

    measure: str  # amount or count
    period: str  # day or month
    tiers: tuple[Tier, ...]
    min_fen: int = 0
    cap_fen: int | None = None
    mode: str = "net"  # or gross
    valid_from: date = date(2000, 1, 1)


class QuoteLine(Struct, frozen=True):
    """One line of the calculator: how much lies in the tier, and what it costs in millionths of a
    fen, before anything is rounded."""

    tier: Tier
    until: int | None  # where the next tier begins
    measure: int
    micro_fen: int


class Quote(Struct, frozen=True):
    """The lines, their sum rounded once, and what minimum and cap make of it."""

    lines: tuple[QuoteLine, ...]
    sum_fen: int
    fee_fen: int


def fee(terms: FeeTerms, measure: int, closing: bool = True) -> int:
    """The commission in fen of a period with so many fen or payments in it.

    Each tier costs its own rate on what lies in it; the sum is rounded half up to a fen, once a
    period. Then the cap, then the minimum, but the minimum only where the period is `closing`: it
    is not asked for on the first day of a month. A period with nothing in it costs nothing.
    """
    return quote(terms, measure, closing).fee_fen


def quote(terms: FeeTerms, measure: int, closing: bool = True) -> Quote:
    """The same, tier by tier."""
    lines = tuple(_lines(terms, max(measure, 0)))
    total = (sum(line.micro_fen for line in lines) + PPM // 2) // PPM
    charged = total if terms.cap_fen is None else min(total, terms.cap_fen)
    if closing and measure > 0:
        charged = max(charged, terms.min_fen)
    return Quote(lines, total, charged)


def _lines(terms: FeeTerms, measure: int) -> Iterable[QuoteLine]:
    ends = [*(tier.from_measure for tier in terms.tiers[1:]), None]
    for tier, until in zip(terms.tiers, ends, strict=False):  # no tiers: nothing is charged
        inside = measure if until is None else min(measure, until)
        inside = max(inside - tier.from_measure, 0)
        each = tier.rate_ppm if terms.measure == "amount" else tier.each_fen * PPM
        yield QuoteLine(tier, until, inside, inside * each)


def charge_now(terms: FeeTerms, measure: int, charged_fen: int, closing: bool) -> int:
    """What is charged today: the fee of the period so far, less what was charged for it before.
    Negative gives back: payments were taken back since."""
    return fee(terms, measure, closing) - charged_fen


def period_start(terms: FeeTerms, day: date) -> date:
    """The first day of the period in which `day` lies."""
    if terms.period == "day":
        return day
    return max(day.replace(day=1), terms.valid_from)


def is_period_end(terms: FeeTerms, day: date, next_valid_from: date | None) -> bool:
    """Does a period end with this day: its month, or the agreement itself?"""
    tomorrow = day + timedelta(days=1)
    return terms.period == "day" or tomorrow.day == 1 or tomorrow == next_valid_from


def split(amount_fen: int, shares_ppm: Mapping[int, int]) -> tuple[dict[int, int], int]:
    """分账: fen for each beneficiary, rounded down, and what stays: the rest with every fen of
    rounding. Shares of more than the whole are a ValueError."""
    if amount_fen < 0 or any(share < 0 for share in shares_ppm.values()):
        raise ValueError("an amount or a share is negative")
    if sum(shares_ppm.values()) > PPM:
        raise ValueError("the shares are more than the whole")
    parts = {who: amount_fen * share // PPM for who, share in shares_ppm.items()}
    return parts, amount_fen - sum(parts.values())


class MerchantPlace(Struct, frozen=True):
    """A merchant's place: whose child it is, and whether its money goes up 归集."""

    parent: int | None
    pooled: bool


def pooled_to(merchant: int, tree: Mapping[int, MerchantPlace]) -> int:
    """Whose settlement account keeps the money of this merchant: the first one above it, itself
    included, that is not pooled. A merchant outside the tree keeps its own."""
    seen = set()
    while (place := tree.get(merchant)) and place.pooled and place.parent is not None:
        if merchant in seen:
            raise ValueError(f"the tree has a circle at {merchant}")
        seen.add(merchant)
        merchant = place.parent
    return merchant


class Part(Struct, frozen=True):
    """What one biller gets of a settlement, and why: own, pooled, split or commission."""

    biller: int
    reason: str
    amount_fen: int


def parts_of(
    biller: int, moved_fen: int, commission_fen: int, shares_ppm: Mapping[int, int],
    tree: Mapping[int, MerchantPlace], owed_fen: int = 0,
) -> list[Part]:  # fmt: skip
    """A settled sum in parts: commission first, then what the biller owes for refunds, which stays its
    own, then the shares, the rest where it is pooled. They add up to `moved_fen`; `commission_fen` is
    what is netted, at most the whole."""
    kept = min(owed_fen, moved_fen - commission_fen)
    shared, rest = split(moved_fen - commission_fen - kept, shares_ppm)
    home = pooled_to(biller, tree)
    parts = [Part(biller, "commission", commission_fen), Part(biller, "own", kept)]
    parts += [Part(who, "split", fen) for who, fen in sorted(shared.items())]
    parts.append(Part(home, "own" if home == biller else "pooled", rest))
    return [part for part in parts if part.amount_fen > 0]


def tier_fault(tiers: Sequence[Tier]) -> str:
    """Why these are no tiers: "" when they are. They begin at 0 and rise."""
    starts = [tier.from_measure for tier in tiers]
    if not 1 <= len(tiers) <= TIERS_MAX:
        return f"1–{TIERS_MAX}"
    if starts[0] != 0:
        return "0"
    if any(later <= earlier for earlier, later in pairwise(starts)):
        return "↑"
    return ""
