"""What collecting costs 收费成本 (U11): a payment by each channel beside one by the company's own
collectors. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from yifen.core.facts.refused import Refused
from yifen.trades.figures.codes import FigureCode

WAGES_FEN_MAX, PAYMENT_FEN_MAX, PERMILLE_MILLI_MAX, MONTHS_MAX = (
    100_000_000_000,
    100_000,
    1_000_000,
    36,
)


class ChannelRate(NamedTuple):
    """What a channel takes: so many fen a payment and thousandths of a permille of the sum; `staff`: the company's
    own collectors take it there, and share the wages by their payments. Kept as `bill_fen`, as it was called first."""

    channel_id: int
    staff: bool = False
    payment_fen: int = 0
    permille_milli: int = 0


class Assumed(NamedTuple):
    """Wages of all collectors a month, and each channel's rate."""

    wages_fen: int
    rates: Mapping[int, ChannelRate]


class CostLine(NamedTuple):
    """A channel: its `payments`, `fen` collected, what it cost; a payment's cost in hundredths of a fen (None: no
    payment)."""

    channel_id: int
    channel: str
    staff: bool
    payments: int
    fen: int
    cost_fen: int

    @property
    def payment_centi(self) -> int | None:
        return None if not self.payments else (self.cost_fen * 200 + self.payments) // (2 * self.payments)


def months_of(since: date, until: date) -> int:
    """Whole months from that of the one day to that of the other. Refused: PERIOD_TOO_LONG."""
    found = (until.year - since.year) * 12 + until.month - since.month + 1
    if not 1 <= found <= MONTHS_MAX:
        raise Refused(FigureCode.PERIOD_TOO_LONG, "until")
    return found


def reckoned(
    assumed: Assumed, months: int, channels: Sequence[tuple[int, str, str, int, int]]
) -> list[CostLine]:
    """A line each channel. Wages are shared by the payments that collectors took, to the fen: the first channels bear
    what is left over; without a payment of theirs the first one of theirs bears all. Wages that no channel bears stand
    in a line of their own, of channel 0."""
    wages = assumed.wages_fen * months
    staff = [one for one in channels if assumed.rates.get(one[0], ChannelRate(one[0])).staff]
    shared = dict(
        zip((one[0] for one in staff), _shares(wages, [one[3] for one in staff]), strict=True)
    )
    found = []
    for channel, name, _, payments, fen in channels:
        rate = assumed.rates.get(channel, ChannelRate(channel))
        fee = (
            rate.payment_fen * payments + (2 * max(fen, 0) * rate.permille_milli + 1_000_000) // 2_000_000
        )
        found.append(CostLine(channel, name, rate.staff, payments, fen, fee + shared.get(channel, 0)))
    if wages and not staff:
        found.append(CostLine(0, "", True, 0, 0, wages))
    return found


def _shares(whole: int, weights: Sequence[int]) -> list[int]:
    """The whole by weights, to the fen."""
    if not weights:
        return []
    total = sum(weights)
    if not total:
        return [whole, *[0] * (len(weights) - 1)]
    found = [whole * weight // total for weight in weights]
    for place in range(whole - sum(found)):
        found[place] += 1
    return found


def read_assumed(wages_fen: int, rates: Sequence[Mapping[str, Any]]) -> Assumed:
    """What was kept or typed. Refused: COST_WRONG, with the field."""
    found: dict[int, ChannelRate] = {}
    for one in rates:
        rate = ChannelRate(
            int(one["channel"]),
            bool(one["staff"]),
            int(one["bill_fen"]),
            int(one["permille_milli"]),
        )
        if (
            rate.channel_id in found
            or not 0 <= rate.payment_fen <= PAYMENT_FEN_MAX
            or not 0 <= rate.permille_milli <= PERMILLE_MILLI_MAX
        ):
            raise Refused(FigureCode.COST_WRONG, f"bill_{rate.channel_id}")
        found[rate.channel_id] = rate
    if not 0 <= wages_fen <= WAGES_FEN_MAX:
        raise Refused(FigureCode.COST_WRONG, "wages")
    return Assumed(wages_fen, found)
