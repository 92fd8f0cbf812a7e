"""Small rules of bills that need no books. Pure."""

from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct


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


def days_refund_fen(season_fen: int, season_days: int, days: int, share: Decimal) -> int:
    """A share of so many days of a season's fee, rounded half up once: 2400.00 ÷ 110 × 5 × 50 % = 54.55. No heat at
    all is a share of 1; both the first and the last cold day count."""
    whole = Decimal(season_fen) * days * share / season_days
    return int(whole.quantize(Decimal(1), ROUND_HALF_UP))


def read_too_much(read_milli: int, error: Decimal) -> int:
    """What a meter that runs fast by `error` showed too much (slow: negative, too little), of what was read while
    it was wrong: use × e ÷ (1 + e)."""
    return int((read_milli * error / (1 + error)).quantize(Decimal(1), ROUND_HALF_UP))
