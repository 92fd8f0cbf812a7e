"""The steps `statements`, `proof` and `close`: told, proved, closed.

A day closes by itself only when nothing about its money is open: every leg ran, no difference of
the day waits for anybody, every biller is settled, and the proof holds to the fen.
"""

import hashlib
from collections.abc import Iterator

import msgspec

from yifen.core.facts.sqlfiles import queries
from yifen.hub.codes import PartnerCode
from yifen.hub.failing import NightFailures
from yifen.hub.gaps import NOT_CLOSED, gaps
from yifen.hub.night import Connection, Night, NightTally, Reason, Result, Waits
from yifen.night.files_in import parts_told
from yifen.night.reports import partner_statement
from yifen.night.reports.daily_proof import Proof, prove

_SQL = queries(__package__)
_TELLS = _SQL["partners_told"]
_NEWEST = _SQL["newest_statement"]
_KEEP = _SQL["keep_statement"]
_NO_RUN = _SQL["legs_not_run"]
_OPEN = _SQL["items_open"]
_UNSETTLED = _SQL["billers_unsettled"]
_EARLIER = _SQL["days_before"]
_FAILED = _SQL["failed_partners"]
_WHY_UNSETTLED = _SQL["why_unsettled"]


def tell_partners(conn: Connection, night: Night) -> Result:
    """A statement of the day for every channel and biller, PDF and CSV; a partner that was told
    gets the same bytes, or a new version where something has changed since."""
    tally, failures = NightTally(), NightFailures(conn, night.day)
    params = {"book": night.book_id, "day": night.day}
    for partner_id, code, institution in conn.execute(_TELLS, params).fetchall():
        with failures.of(code, institution, PartnerCode.STATEMENT_FAILED):
            data = partner_statement.read(conn, partner_id, night.day, night.day)
            for form, body in (("csv", partner_statement.as_csv(data)),
                               ("pdf", partner_statement.as_pdf(data, night.began_at))):  # fmt: skip
                tally.add(institution, **{form: _keep(conn, night, partner_id, form, body)})
    for told in failures.told:
        tally.add(told["institution"], failed=1)
    return tally.result(failed=failures.told)


def _keep(conn: Connection, night: Night, partner_id: int, form: str, body: bytes) -> int:
    """1 where it is new."""
    digest = hashlib.sha256(body).digest()
    newest = conn.execute(_NEWEST, (partner_id, night.day, form)).fetchone()
    if newest is not None and newest[1] == digest:
        return 0
    version = newest[0] + 1 if newest else 1
    conn.execute(_KEEP, (partner_id, night.day, form, version, digest, body, night.now))
    return 1


def prove_day(conn: Connection, night: Night) -> Result:
    """The proof of the day, in figures, and the gaps as they stood at it; whether it holds is for the
    close to judge."""
    proof, found = prove(conn, night.book_id, night.day), gaps(conn, night.book_id, night.day)
    roles: dict[str, dict[str, int]] = {}
    for one in proof.accounts:
        sums = roles.setdefault(one.role, {"accounts": 0, "balance_fen": 0, "difference_fen": 0})
        sums["accounts"] += 1
        sums["balance_fen"] += one.account.balance_fen
        sums["difference_fen"] += abs(one.difference_fen)
    return {"holds": proof.holds, "off_fen": proof.off_fen, "roles": roles,
            "debit_fen": sum(row.debit_fen for row in proof.balances),
            "gaps": msgspec.to_builtins([gap for gap in found if gap.reason != NOT_CLOSED])}  # fmt: skip


def close(conn: Connection, night: Night) -> Result:
    """Waits (DAY_END_WAITS) while anything about the day's money is open; a signature lets it."""
    reasons = list(unproved(conn, night))
    if reasons and not night.signed_by:
        raise Waits(reasons)
    return {"signed_by": night.signed_by, "unproved": len(reasons)} if reasons else {}


def unproved(conn: Connection, night: Night) -> Iterator[Reason]:
    """Why the day cannot close by itself."""
    params, day = {"book": night.book_id, "day": night.day}, night.day
    for (earlier,) in conn.execute(_EARLIER, params).fetchall():
        yield Reason("earlier_day", day=earlier)
    for (told,) in conn.execute(_FAILED, (night.eod_id,)).fetchall():
        yield msgspec.convert(told, Reason)
    for code, institution, parts in conn.execute(_NO_RUN, params).fetchall():
        yield Reason("not_reconciled", partner=code, institution=institution, day=day,
                     detail=parts_told(parts))  # fmt: skip
    for code, institution, at, count, fen in conn.execute(_OPEN, params).fetchall():
        yield Reason("open_items", partner=code, institution=institution, day=at, count=count,
                     fen=fen)  # fmt: skip
    why = dict(conn.execute(_WHY_UNSETTLED, (night.eod_id,)).fetchall())
    for code, institution in conn.execute(_UNSETTLED, params).fetchall():
        yield msgspec.convert(why.get(code) or {"kind": "unsettled", "partner": code, "institution": institution,
                                                "day": day.isoformat()}, Reason)  # fmt: skip
    yield from _of_proof(prove(conn, night.book_id, day))


def _of_proof(proof: Proof) -> Iterator[Reason]:
    if proof.off_fen:
        yield Reason("trial_balance", day=proof.day, fen=proof.off_fen)
    for found in proof.unexplained:
        yield Reason("proof", day=proof.day, fen=found.difference_fen, detail=found.account.code)
