"""A list that names one trade twice."""

TRADES = ("yifen.core", "yifen.core")
