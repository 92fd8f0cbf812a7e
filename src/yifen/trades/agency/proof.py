"""How `verify` and the daily proof read the books of the agency."""

from datetime import date

from yifen.core.facts.sqlfiles import queries
from yifen.hub.night import Connection, ProofLine
from yifen.hub.payments.verify import problems

_SQL = queries(__package__)
_CHECKS = tuple(_SQL[name] for name in ("deposits_altered", "charges_altered", "sweeps_altered", "cheques_altered"))


def altered(conn: Connection) -> list[str]:
    """Deposits, charges and sweeps that are not what the ledger and the core's moves say; cheques that are not what
    their moves and deposits say."""
    return [problem for check in _CHECKS for problem in problems(conn, check)]


def explained(conn: Connection, book_id: int, day: date) -> list[ProofLine]:
    """What the agency has on transit and clearing accounts at a cut: deposits until they are settled; on clearing also
    what was paid to companies and charged."""
    rows = conn.execute(_SQL["explained"], {"book": book_id, "day": day}).fetchall()
    return [ProofLine(account, role, what, on, partner, int(fen), document, age)
            for account, role, what, on, partner, fen, document, age in rows]  # fmt: skip
