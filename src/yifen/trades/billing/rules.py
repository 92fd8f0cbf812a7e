"""Small rules of bills that need no books: cold rooms 不热退费, meters that were wrong. Pure."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from msgspec import Struct

from yifen.core.facts.bilingual import Bilingual


class ColdScale(Struct, frozen=True):
    """What of a day's heat is paid back when a room was too cold: below each of these degrees that share, the
    lowest that holds counts."""

    below: tuple[tuple[Decimal, Decimal], ...]  # degrees, rising, with their shares

    def share_of(self, degrees: Decimal) -> Decimal:
        """0 where it was warm enough."""
        return next((share for bound, share in self.below if degrees < bound), Decimal(0))


XUZHOU_COLD = ColdScale((
    (Decimal(14), Decimal(1)), (Decimal(16), Decimal("0.5")), (Decimal(18), Decimal("0.2")),
))  # fmt: skip
"""徐州市供热条例 of 2025: 16–18 °C 20 %, 14–16 50 %, below 14 all of it."""


class ColdSpan(Struct, frozen=True):
    """Days, both ends, on which a room was so warm."""

    from_on: date
    to_on: date
    degrees: Decimal

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days + 1


def read_spans(text: str) -> list[ColdSpan] | None:
    """Lines "2026-12-01,2026-12-05,15.5", empty ones apart; None: one is none."""
    found = []
    for line in _lines(text):
        try:
            since, until, degrees = line.split(",")
            found.append(ColdSpan(date.fromisoformat(since), date.fromisoformat(until), _degrees(degrees)))
        except (ValueError, InvalidOperation):
            return None
    return found or None


def read_scale(text: str) -> ColdScale | None:
    """Lines "14,100": below 14 °C 100 %; None: one is none, or they do not rise in degrees and fall in shares."""
    found = []
    for line in _lines(text):
        try:
            bound, percent = line.split(",")
            found.append((_degrees(bound), Decimal(int(percent)) / 100))
        except (ValueError, InvalidOperation):
            return None
    shares = [share for _, share in found]
    rising = [bound for bound, _ in found] == sorted({bound for bound, _ in found})
    falling = shares == sorted(set(shares), reverse=True)
    return ColdScale(tuple(found)) if found and rising and falling and shares[-1] > 0 and shares[0] <= 1 else None


def written_scale(scale: ColdScale) -> str:
    """As `read_scale` reads it."""
    return "\n".join(f"{bound},{int(share * 100)}" for bound, share in scale.below)


def spans_fault(spans: list[ColdSpan], first: date, last: date, scale: ColdScale) -> Bilingual | None:
    """What is wrong with cold days of a bill from a day to a day; None: nothing."""
    before = date.min
    for span in sorted(spans, key=lambda one: one.from_on):
        named = f"{span.from_on} – {span.to_on}"
        if not first <= span.from_on <= span.to_on <= last:
            bill = f"{first} – {last}"
            return Bilingual("{0} 不在账单的 {1} 内", "{0} does not lie in the bill's {1}", named, bill)
        if span.from_on <= before:
            return Bilingual("{0} 与前一段重叠", "{0} has a day of another span", named)
        if not scale.share_of(span.degrees):
            return Bilingual("{0} 的 {1} ℃ 已达标", "{0}: {1} °C is warm enough", named, span.degrees)
        before = span.to_on
    return None


def _lines(text: str) -> list[str]:
    plain = text.replace("，", ",").replace("：", ",").replace("\t", ",").replace(" ", "")
    return [line for line in plain.splitlines() if line]


def _degrees(text: str) -> Decimal:
    """Above −50 and below 50, of one decimal; raises what is none."""
    found = Decimal(text)
    if not -50 < found < 50 or found != round(found, 1):
        raise ValueError(text)
    return found


def days_refund_fen(season_fen: int, season_days: int, days: int, share: Decimal) -> int:
    """A share of so many days of a season's fee, rounded half up once: 2400.00 ÷ 110 × 5 × 50 % = 54.55. No heat at
    all is a share of 1; both the first and the last cold day count."""
    whole = Decimal(season_fen) * days * share / season_days
    return int(whole.quantize(Decimal(1), ROUND_HALF_UP))


def read_too_much(read_milli: int, error: Decimal) -> int:
    """What a meter that runs fast by `error` showed too much (slow: negative, too little), of what was read while
    it was wrong: use × e ÷ (1 + e)."""
    return int((read_milli * error / (1 + error)).quantize(Decimal(1), ROUND_HALF_UP))
