"""The steps `reconcile` and `repair`: every file not yet compared, then what goes by itself."""

import msgspec
import structlog

from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.hub.night import Connection, Night, NightTally, Reason, Result
from yifen.trades.reconciliation import runs
from yifen.trades.reconciliation.profile import read_profile
from yifen.trades.reconciliation.repair import operations as repair

log = structlog.get_logger()
BY = "end of day"
_SQL = queries(__package__)
_WAITING = _SQL["files_waiting"]
_PARTNERS = _SQL["partners_to_repair"]


def reconcile(conn: Connection, night: Night) -> Result:
    """One partner that fails does not stop the others; its error is in the result."""
    tally, failed = NightTally(), []
    params = {"book": night.book_id, "day": night.day}
    for partner_id, code, institution, day in conn.execute(_WAITING, params).fetchall():
        try:
            found = runs.reconcile(conn, read_profile(conn, partner_id), day, night.now)
        except Refused as refused:
            detail = refused.text("en")
        except Exception as error:  # one bad leg must not keep the others from being compared
            log.exception("a leg could not be reconciled", partner=code, day=str(day))
            detail = f"{type(error).__name__}: {error}"
        else:
            tally.add(institution, runs=1, matched=found.matched.count,
                      matched_fen=found.matched.amount_fen, waiting=found.waiting,
                      differences=sum(found.differences.values()))  # fmt: skip
            continue
        tally.add(institution, failed=1)
        why = Reason("failed", partner=code, institution=institution, day=day, detail=detail[:300])
        failed.append(msgspec.to_builtins(why))
    return tally.result(failed=failed)


def work_off(conn: Connection, night: Night) -> Result:
    """What policies let go by itself, of every day of the book."""
    tally = NightTally()
    for partner_id, institution in conn.execute(_PARTNERS, (night.book_id,)).fetchall():
        worked = repair.work_off(conn, night.outside.hub, night.now, BY, partner_id=partner_id)
        tally.add(institution, **worked._asdict())
    return tally.result()
