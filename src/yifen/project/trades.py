"""The one list: a package a line, each with its plug; the lowest first."""

TRADES = (
    "yifen.core",
    "yifen.hub",
    "yifen.face",
    "yifen.trades.bills",
    "yifen.trades.billing",
    "yifen.trades.visits",
    "yifen.trades.heating",
    "yifen.trades.arrears",
    "yifen.trades.counter",
    "yifen.trades.deductions",
    "yifen.trades.orders",
    "yifen.trades.reminders",
    "yifen.trades.onboarding",
    "yifen.trades.pipes",
    "yifen.trades.reconciliation",
    "yifen.trades.settlement",
    "yifen.trades.agency",
    "yifen.trades.figures",
    "yifen.night",
    "yifen.tools",
)
