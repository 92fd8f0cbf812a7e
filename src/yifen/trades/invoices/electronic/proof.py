"""What `yifen verify` asks of electronic invoices: their sums, what was given back, and that nobody has both."""

from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)
CHECKS = (_SQL["sums_altered"], _SQL["both_altered"], _SQL["amount_altered"])
