"""What `yifen verify` asks of blanks: the register against the hands, the numbers, the prints against payments."""

from typing import Any

import psycopg

from yifen.core.facts.sqlfiles import queries
from yifen.hub.payments.verify import problems
from yifen.trades.invoices.electronic import proof as electronic

_SQL = queries(__package__)
_CHECKS = [_SQL["flows_differ"], _SQL["states_differ"], _SQL["numbers_differ"], _SQL["prints_altered"],
           _SQL["acts_altered"], _SQL["barred_altered"], *electronic.CHECKS]  # fmt: skip


def altered(conn: psycopg.Connection[Any]) -> list[str]:
    """Numbers that came from nowhere or vanished, papers without a number, payments both reprinted and reversed."""
    return [problem for check in _CHECKS for problem in problems(conn, check)]
