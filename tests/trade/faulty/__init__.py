"""Trades each with one fault in what its plug names, and the lists that hold them."""

from yifen.project.trades import TRADES as OURS


def listed(trade: str) -> tuple[str, ...]:
    """Our list with this trade in it."""
    return (*OURS[:-2], f"tests.trade.faulty.{trade}", *OURS[-2:])
