"""Prices in words, in both languages."""

from decimal import Decimal

from yifen.core.facts.plug import Text
from yifen.trades.billing.prices.versions import ALL_MONTHS, BASES, PricePart, TierLimit, months_of

CYCLES = {"none": Text("不分阶梯", "No tiers"), "month": Text("按月", "A month"), "year": Text("按年", "A year")}


def plain_number(value: Decimal) -> str:
    """Without the zeros at its end: 0.5469."""
    return f"{Decimal(value).normalize():f}"


def units(milli: int) -> str:
    """Thousandths as people read them: 1,050 or 1,050.5."""
    text = plain_number(Decimal(abs(milli)) / 1000)
    whole, _, rest = text.partition(".")
    return f"{'-' if milli < 0 else ''}{int(whole):,}{'.' + rest if rest else ''}"


def month_spans(bits: int) -> str:
    """As people type them: 1-4,11-12."""
    found: list[list[int]] = []
    for month in months_of(bits):
        if found and found[-1][-1] == month - 1:
            found[-1][1:] = [month]
        else:
            found.append([month])
    return ",".join("-".join(map(str, span)) for span in found)


def unit_of(basis: str, unit: str) -> Text:
    """What a price of this basis is a price of."""
    return BASES[basis].of or Text(unit, unit)


def part_said(part: PricePart, unit: str) -> Text:
    """电费 1 档 0.5469 元/kWh."""
    tier = Text(f" {part.tier} 档" if part.tier else "", f" tier {part.tier}" if part.tier else "")
    basis = Text("", "") if part.basis == "qty" else Text(*(f" {word}" for word in BASES[part.basis].text))
    of, price = unit_of(part.basis, unit), plain_number(part.price)
    own = "" if f"{part.tier} 档" in part.name else tier.zh
    return Text(f"{part.name}{own}{basis.zh} {price} 元/{of.zh}",
                f"{part.name}{tier.en}{basis.en} {price} yuan/{of.en}")  # fmt: skip


def limit_said(limit: TierLimit, unit: str) -> Text:
    """1 档至 2,520 kWh（5 人起 +1,200）."""
    when, more = Text("", ""), Text("", "")
    if limit.months != ALL_MONTHS:
        listed = month_spans(limit.months)
        when = Text(f"（{listed} 月）", f" (months {listed})")
    if limit.persons_over is not None and limit.add_milli:
        each = Text("，每多一人" if limit.add_each else "", " for each" if limit.add_each else "")
        added = units(limit.add_milli)
        more = Text(f"（超过 {limit.persons_over} 人{each.zh} +{added}）",
                    f" (+{added}{each.en} above {limit.persons_over} persons)")  # fmt: skip
    to = f"{units(limit.limit_milli)} {unit}"
    return Text(f"{limit.tier} 档至 {to}{when.zh}{more.zh}", f"tier {limit.tier} to {to}{when.en}{more.en}")
