"""What a balance holds, of which payments, what used it: the statements that pages read."""

from yifen.core.facts.sqlfiles import queries

_SQL = queries(__package__)
KEPT = _SQL["kept"]
OF_PAYMENT, MOVED_OF_PAYMENT = _SQL["balance_of_payment"], _SQL["moved_of_payment"]
SALE_OF_PAYMENT, SALE_TO_COME = _SQL["sale_of_payment"], _SQL["sale_to_come"]
USES_BEHIND = _SQL["uses_behind"]
