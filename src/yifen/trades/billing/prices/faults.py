"""Why a version is no price: which row and field of it, in words that name the tier. Pure.

A field is `parts-2-price`: of the third part its price, as the form calls it; `parts` or `limits`: all of them."""

from typing import NamedTuple

from yifen.core.facts.bilingual import Bilingual
from yifen.trades.billing.prices.telling import month_spans, units
from yifen.trades.billing.prices.versions import (
    ALL_MONTHS,
    BASES,
    PARTS_MAX,
    PRICE_MAX,
    QUANTITY_MAX,
    TIERS_MAX,
    PricePart,
    PriceVersion,
    TierLimit,
    price_fits,
)


class PriceFault(NamedTuple):
    """`field`: of what; `said`: what is wrong there, in both languages."""

    field: str
    said: Bilingual


def version_fault(version: PriceVersion) -> PriceFault | None:
    """None: it is a price. So that every bill has a line and no quantity falls between two tiers: some part holds below
    the first limit, tiers have no gaps, limits rise in every month, and no two rows say a tier's end in one month."""
    return _parts_fault(version) or _limits_fault(version) or _bounds_fault(version)


# --- parts ------------------------------------------------------------------------------------------
def _parts_fault(version: PriceVersion) -> PriceFault | None:
    if not 1 <= len(version.parts) <= PARTS_MAX:
        return PriceFault("parts", Bilingual("须有 1–{} 项计价项", "there are 1 to {} parts", PARTS_MAX))
    for place, part in enumerate(version.parts):
        if fault := _part_fault(place, part):
            return fault
    if all(part.tier > 1 for part in version.parts):
        return PriceFault("parts-0-tier", Bilingual("没有第 1 档、也没有不分档的计价项，最低一档没有价格",
                          "no part is of tier 1 or of none, so that the lowest tier has no price"))  # fmt: skip
    place, top = max(enumerate(part.tier for part in version.parts), key=lambda found: found[1])
    ends = max((limit.tier for limit in version.limits), default=0)
    if top > 1 + ends:
        return PriceFault(f"parts-{place}-tier", Bilingual(
            "第 {0} 档到不了：第 {1} 档没有上限", "tier {0} is never reached: tier {1} has no limit", top, ends + 1))
    return None


def _part_fault(place: int, part: PricePart) -> PriceFault | None:
    def at(column: str, zh: str, en: str, *values: object) -> PriceFault:
        said = Bilingual(f"第 {place + 1} 项{zh}", f"part {place + 1} {en}", *values)
        return PriceFault(f"parts-{place}-{column}", said)

    if not part.name:
        return at("name", "没有名称", "has no name")
    if part.basis not in BASES:
        return at("basis", "的计价依据不对", "is priced by nothing that is known")
    if not price_fits(part.price):
        return at("price", "（{0}）的单价须在 0–{1} 元之间，至多 8 位小数",
                  "({0}): its price is from 0 to {1} yuan, of at most 8 decimals",
                  part.name, f"{PRICE_MAX:,}")  # fmt: skip
    if not 0 <= part.tier <= TIERS_MAX:
        return at("tier", "（{0}）的阶梯须在 0–{1} 之间", "({0}): its tier is from 0 to {1}", part.name, TIERS_MAX)
    if part.tier and part.basis != "qty":
        return at("tier", "（{0}）不按用量，不能分档", "({0}) goes by no quantity, so that it has no tier", part.name)
    return None


# --- limits -----------------------------------------------------------------------------------------
def _limits_fault(version: PriceVersion) -> PriceFault | None:
    for place, limit in enumerate(version.limits):
        if fault := _limit_fault(place, limit):
            return fault
    for month in range(1, 13):
        there = [(place, x) for place, x in enumerate(version.limits) if x.months >> month & 1]
        if fault := _month_fault(sorted(there, key=lambda found: (found[1].tier, found[0]))):
            return fault
    return None


def _limit_fault(place: int, limit: TierLimit) -> PriceFault | None:
    def at(column: str, zh: str, en: str, *values: object) -> PriceFault:
        return PriceFault(f"limits-{place}-{column}", Bilingual(
            f"第 {limit.tier} 档{zh}", f"tier {limit.tier}: {en}", *values))

    if not 1 <= limit.tier < TIERS_MAX:
        return at("tier", "不能有上限：有上限的阶梯是 1–{}", "limits are of tiers 1 to {}", TIERS_MAX - 1)
    if not 0 < limit.limit_milli <= QUANTITY_MAX:
        return at("limit", "的上限须大于 0，至多 {}", "its limit is above 0, at most {}", units(QUANTITY_MAX))
    if not 0 < limit.months <= ALL_MONTHS or limit.months & 1:
        return at("months", "的月份须在 1–12 之间", "its months are from 1 to 12")
    if not 1 <= (limit.persons_over or 1) <= 99:
        return at("persons_over", "的超过人数须在 1–99 之间", "its household is of 1 to 99")
    if limit.add_milli and limit.persons_over is None:
        return at("persons_over", "有增加量，须填超过几人", "more is added above how many persons?")
    if not 0 <= limit.add_milli <= QUANTITY_MAX:
        return at("add", "的增加量须在 0–{} 之间", "what is added is from 0 to {}", units(QUANTITY_MAX))
    return None


def _month_fault(there: list[tuple[int, TierLimit]]) -> PriceFault | None:
    """Of one month, by tiers."""
    before: TierLimit | None = None
    for place, limit in there:
        tier, last = limit.tier, before.tier if before else 0
        when = month_spans(limit.months) if limit.months != ALL_MONTHS else ""
        zh, en = (f"（{when} 月）", f" (months {when})") if when else ("", "")
        if tier == last:
            return PriceFault(f"limits-{place}-tier", Bilingual(
                "第 {0} 档同月有两个上限{1}", "tier {0} has two limits in a month{2}", tier, zh, en))
        if tier != last + 1:
            return PriceFault(f"limits-{place}-tier", Bilingual(
                "第 {0} 档之前缺第 {1} 档的上限{2}", "before tier {0} the limit of tier {1} is missing{3}",
                tier, last + 1, zh, en))  # fmt: skip
        if before and limit.limit_milli <= before.limit_milli:
            return PriceFault(f"limits-{place}-limit", Bilingual(
                "第 {0} 档上限 {1} 须大于第 {2} 档的 {3}{4}",
                "the limit of tier {0}, {1}, must be above that of tier {2}, {3}{5}",
                tier, units(limit.limit_milli), last, units(before.limit_milli), zh, en))  # fmt: skip
        before = limit
    return None


# --- the rest ---------------------------------------------------------------------------------------
def _bounds_fault(version: PriceVersion) -> PriceFault | None:
    if not 0 <= version.minimum_fen <= 10**12:
        return PriceFault("minimum_fen", Bilingual(
            "保底须在 0–100 亿元之间", "a minimum is from 0 to 10,000,000,000 yuan"))  # fmt: skip
    if version.cap_price is not None and not (price_fits(version.cap_price) and version.cap_price > 0):
        return PriceFault("cap_price", Bilingual(
            "封顶单价须大于 0，至多 8 位小数", "a cap is above 0, of at most 8 decimals"))  # fmt: skip
    if not 0 <= version.tax_rate < 1 or version.tax_rate != round(version.tax_rate, 4):
        return PriceFault("tax_rate", Bilingual(
            "税率须在 0–100 % 之间，至多两位小数", "a rate is from 0 to below 100 %, of two decimals"))  # fmt: skip
    return None
