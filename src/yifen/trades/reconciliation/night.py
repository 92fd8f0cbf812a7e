"""The steps `reconcile` and `repair`: every file not yet compared, then what goes by itself."""

from yifen.core.facts.sqlfiles import queries
from yifen.hub.failing import NightFailures
from yifen.hub.night import Connection, Night, NightTally, Result
from yifen.trades.reconciliation import runs
from yifen.trades.reconciliation.chargebacks import carrying as chargebacks
from yifen.trades.reconciliation.profile import read_profile
from yifen.trades.reconciliation.repair import operations as repair

BY = "end of day"
_SQL = queries(__package__)
_WAITING = _SQL["files_waiting"]
_PARTNERS = _SQL["partners_to_repair"]


def reconcile(conn: Connection, night: Night) -> Result:
    """One partner that fails does not stop the others; its error is in the result."""
    tally, failures = NightTally(), NightFailures(conn, night.day)
    params = {"book": night.book_id, "day": night.day}
    for partner_id, code, institution, day in conn.execute(_WAITING, params).fetchall():
        with failures.of(code, institution, day=day):
            found = runs.reconcile(conn, read_profile(conn, partner_id), day, night.now)
            tally.add(institution, runs=1, matched=found.matched.count,
                      matched_fen=found.matched.amount_fen, waiting=found.waiting,
                      differences=sum(found.differences.values()))  # fmt: skip
    for told in failures.told:
        tally.add(told["institution"], failed=1)
    return tally.result(failed=failures.told)


def work_off(conn: Connection, night: Night) -> Result:
    """What policies let go by itself, of every day of the book; chargebacks whose job got no answer."""
    tally, failures = NightTally(), NightFailures(conn, night.day)
    chargebacks.carry_unfinished(conn, night.outside.hub, night.now, night.book_id)
    for partner_id, code, institution in conn.execute(_PARTNERS, (night.book_id,)).fetchall():
        with failures.of(code, institution):
            worked = repair.work_off(conn, night.outside.hub, night.now, BY, partner_id=partner_id)
            tally.add(institution, **worked._asdict())
    return tally.result(failed=failures.told)
