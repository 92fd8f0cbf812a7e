"""Our list, and this trade."""

from tests.trade.faulty import listed

TRADES = listed("function")
