"""A list that names a package without a plug."""

TRADES = ("tests.trade.ask",)
