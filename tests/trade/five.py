"""No list of trades."""

TRADES = 5
