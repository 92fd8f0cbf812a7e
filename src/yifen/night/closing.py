"""The steps `statements`, `proof` and `close`: told, proved, closed.

A day closes by itself only when nothing about its money is open: every leg ran, no difference of
the day waits for anybody, every biller is settled, and the proof holds to the fen.
"""

import hashlib
from collections.abc import Iterator

from yifen.hub.night import Connection, Night, Reason, Result, Tally, Waits
from yifen.night.reports import partner_statement
from yifen.night.reports.daily_proof import Proof, prove

_TELLS = """
SELECT p.id, p.institution_id FROM partner p
WHERE p.book_id = %(book)s AND EXISTS (SELECT FROM biller b WHERE b.partner_id = p.id
    UNION ALL SELECT FROM channel c WHERE c.partner_id = p.id) ORDER BY p.id"""
_NEWEST = """SELECT version, sha256 FROM daily_statement
WHERE partner_id = %s AND business_day = %s AND form = %s ORDER BY version DESC LIMIT 1"""
_KEEP = "INSERT INTO daily_statement VALUES (%s, %s, %s, %s, %s, %b, %s)"
_NO_RUN = """
SELECT p.code, p.institution_id FROM recon_profile r JOIN partner p ON p.id = r.partner_id
WHERE p.book_id = %(book)s AND NOT p.suspended AND NOT EXISTS (SELECT FROM recon_run u
    WHERE u.business_day = %(day)s AND u.partner_id = p.id AND u.ended_at IS NOT NULL)
ORDER BY p.code"""
_OPEN = """
SELECT p.code, p.institution_id, i.business_day, count(*),
       sum(CASE WHEN i.class = 'amount' THEN abs(i.theirs_fen - i.ours_fen)
                ELSE greatest(coalesce(i.ours_fen, 0), coalesce(i.theirs_fen, 0)) END)::bigint
FROM recon_item i JOIN partner p ON p.id = i.partner_id
WHERE p.book_id = %(book)s AND i.business_day = %(day)s
    AND i.state IN ('open', 'proposed', 'doing')
GROUP BY p.code, p.institution_id, i.business_day ORDER BY p.code"""
_UNSETTLED = """
SELECT p.code, p.institution_id FROM biller b JOIN partner p ON p.id = b.partner_id
WHERE p.book_id = %(book)s AND NOT EXISTS (SELECT FROM settlement s
    WHERE s.biller_id = b.partner_id AND s.business_day = %(day)s)
ORDER BY p.code"""
_EARLIER = """SELECT business_day FROM eod_run
WHERE book_id = %(book)s AND business_day < %(day)s AND ended_at IS NULL ORDER BY business_day"""


def tell_partners(conn: Connection, night: Night) -> Result:
    """A statement of the day for every channel and biller, PDF and CSV; a partner that was told
    gets the same bytes, or a new version where something has changed since."""
    tally, params = Tally(), {"book": night.book_id}
    for partner_id, institution in conn.execute(_TELLS, params).fetchall():
        data = partner_statement.read(conn, partner_id, night.day, night.day)
        for form, body in (("csv", partner_statement.as_csv(data)),
                           ("pdf", partner_statement.as_pdf(data, night.began_at))):  # fmt: skip
            tally.add(institution, **{form: _keep(conn, night, partner_id, form, body)})
    return tally.result()


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
    """The proof of the day, in figures; whether it holds is for the close to judge."""
    proof = prove(conn, night.book_id, night.day)
    roles: dict[str, dict[str, int]] = {}
    for found in proof.accounts:
        sums = roles.setdefault(found.role, {"accounts": 0, "balance_fen": 0, "difference_fen": 0})
        sums["accounts"] += 1
        sums["balance_fen"] += found.account.balance_fen
        sums["difference_fen"] += abs(found.difference_fen)
    return {"holds": proof.holds, "off_fen": proof.off_fen, "roles": roles,
            "debit_fen": sum(row.debit_fen for row in proof.balances)}  # fmt: skip


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
    for code, institution in conn.execute(_NO_RUN, params).fetchall():
        yield Reason("not_reconciled", partner=code, institution=institution, day=day)
    for code, institution, at, count, fen in conn.execute(_OPEN, params).fetchall():
        yield Reason("open_items", partner=code, institution=institution, day=at, count=count,
                     fen=fen)  # fmt: skip
    for code, institution in conn.execute(_UNSETTLED, params).fetchall():
        yield Reason("unsettled", partner=code, institution=institution, day=day)
    yield from _of_proof(prove(conn, night.book_id, day))


def _of_proof(proof: Proof) -> Iterator[Reason]:
    if proof.off_fen:
        yield Reason("trial_balance", day=proof.day, fen=proof.off_fen)
    for found in proof.unexplained:
        yield Reason("proof", day=proof.day, fen=found.difference_fen, detail=found.account.code)
