"""The bank's book of used numbers against the company's, number by number, both directions named."""

from yifen.core.facts.sqlfiles import queries
from yifen.trades.invoices.asking import Conn
from yifen.trades.invoices.rules import BooksCompared, NumberSpan, compared, multirange

_USED = queries(__package__)["used"]


def against(conn: Conn, kind_id: int, theirs: list[NumberSpan]) -> BooksCompared:
    """Ours: what stands as used; void numbers are not."""
    row = conn.execute(_USED, (kind_id,)).fetchone()
    return compared(multirange(row[0]) if row else [], theirs)
