"""The one list of trades: a package a line, each with its plug; the lowest first."""

TRADES = (
    "yifen.trades.reconciliation",
)
