"""The calculator: what a commission costs, tier by tier."""

from typing import Any

from django.utils.translation import gettext as _

from yifen.core.documents.figures import grouped_yuan
from yifen.trades.settlement.rules import PPM, FeeTerms, Quote, QuoteLine

Shown = dict[str, Any]


def shown(terms: FeeTerms, quote: Quote) -> Shown:
    """The lines as a table, their sum, and what minimum and cap made of it."""
    return {
        "lines": [line(terms, one) for one in quote.lines], "sum_fen": quote.sum_fen,
        "fee_fen": quote.fee_fen,
        "bound": _("封顶") if quote.fee_fen < quote.sum_fen
        else _("保底") if quote.fee_fen > quote.sum_fen else "",
    }  # fmt: skip


def line(terms: FeeTerms, one: QuoteLine) -> Shown:
    """One tier: from where to where, how much in it, at what rate, what it costs."""
    of_amount = terms.measure == "amount"
    until = measured(terms, one.until) if one.until is not None else "∞"
    return {
        "span": f"{measured(terms, one.tier.from_measure)} – {until}",
        "measure": measured(terms, one.measure),
        "rate": percent(one.tier.rate_ppm) if of_amount
        else _("每笔 %s 元") % grouped_yuan(one.tier.each_fen),
        "costs": micro_yuan(one.micro_fen),
    }  # fmt: skip


def measured(terms: FeeTerms, measure: int) -> str:
    """Yuan, or a number of payments."""
    return grouped_yuan(measure) if terms.measure == "amount" else f"{measure:,}"


def percent(ppm: int) -> str:
    """3800 parts per million → 0.38%."""
    whole, rest = divmod(ppm, 10_000)
    decimals = f"{rest:04d}".rstrip("0")
    return f"{whole}.{decimals}%" if decimals else f"{whole}%"


def micro_yuan(micro_fen: int) -> str:
    """Millionths of a fen as yuan, to the hundredth of a fen: nothing is rounded before the sum."""
    fen, rest = divmod(micro_fen, PPM)
    decimals = f"{rest * 100 // PPM:02d}".rstrip("0")
    return grouped_yuan(fen) + decimals
