"""How a partner is reconciled, as the engine uses it: its profile, or the defaults of its side."""

from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
import psycopg

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.readers.layout import Layout

_SQL = """
SELECT p.id AS partner_id, p.code, p.book_id, p.encoding, r.partner_id IS NOT NULL AS described,
       coalesce(r.party, CASE WHEN b.partner_id IS NOT NULL THEN 'biller'
                              WHEN c.partner_id IS NOT NULL THEN 'channel' END) AS party,
       coalesce(r.format, 'hub') AS format, r.layout_id, coalesce(r.owner, '') AS owner,
       coalesce(r.currency, 'CNY') AS currency,
       coalesce(r.truth, CASE WHEN b.partner_id IS NULL THEN 'theirs' ELSE 'ours' END) AS truth,
       r.cut_off AS own_cut_off, k.cut_off AS book_cut_off, coalesce(r.slack_min, 30) AS slack_min,
       r.fee_ppm, coalesce(r.by_rule, false) AS by_rule,
       coalesce(r.rule_window_min, 60) AS rule_window_min, coalesce(r.by_group, false) AS by_group,
       coalesce(r.deadline_days, 3) AS deadline_days
FROM partner p JOIN ledger_book k ON k.book_id = p.book_id
LEFT JOIN recon_profile r ON r.partner_id = p.id
LEFT JOIN biller b ON b.partner_id = p.id LEFT JOIN channel c ON c.partner_id = p.id
WHERE p.{by} = %s"""
_LAYOUT = "SELECT to_jsonb(l) FROM recon_layout l WHERE id = %s"
_COLUMNS = """SELECT jsonb_agg(to_jsonb(c) ORDER BY position) FROM recon_layout_column c
WHERE layout_id = %s"""
MIDNIGHT = time(0, 0)


class Profile(msgspec.Struct, frozen=True):
    """One leg's settings; see the columns of `recon_profile`. `described`: there is a row, else
    these are the defaults; `party`: channel, biller or bank."""

    partner_id: int
    code: str
    book_id: int
    encoding: str
    described: bool
    party: str
    format: str
    layout: Layout | None
    owner: str
    currency: str
    truth: str
    own_cut_off: time | None
    book_cut_off: time
    slack_min: int
    fee_ppm: int | None
    by_rule: bool
    rule_window_min: int
    by_group: bool
    deadline_days: int

    def waits_from(self, day: date) -> datetime:
        """Rows of this local time or later may stand in the next day's file of the other side."""
        ends = [_end_of(day, self.book_cut_off)]
        if self.own_cut_off is not None:
            ends.append(_end_of(day, self.own_cut_off))
        return min(ends) - timedelta(minutes=self.slack_min)


def _end_of(day: date, cut_off: time) -> datetime:
    """When the business day is over, local time; a cut-off of 00:00 is the end of the day."""
    moment = datetime.combine(day, cut_off)
    return moment + timedelta(days=1) if cut_off == MIDNIGHT else moment


def read_profile(conn: psycopg.Connection[Any], partner: int | str) -> Profile:
    """By partner id or code. Refused PARTNER_UNKNOWN; PROFILE_UNKNOWN: neither channel nor biller,
    and nobody said whose file it is."""
    by = "id" if isinstance(partner, int) else "code"
    cursor = conn.execute(_SQL.format(by=by), (partner,))
    found = cursor.fetchone()
    if found is None:
        raise Refused(Code.PARTNER_UNKNOWN, "partner", str(partner))
    assert cursor.description is not None
    row = dict(zip((column.name for column in cursor.description), found, strict=True))
    if row["party"] is None:
        raise Refused(RepairCode.PROFILE_UNKNOWN, "partner", row["code"])
    layout_id = row.pop("layout_id")
    return Profile(layout=read_layout(conn, layout_id) if layout_id else None, **row)


def read_layout(conn: psycopg.Connection[Any], layout_id: int) -> Layout:
    """A file's description, whole."""
    row = conn.execute(_LAYOUT, (layout_id,)).fetchone()
    columns = conn.execute(_COLUMNS, (layout_id,)).fetchone()
    assert row is not None
    assert columns is not None
    return msgspec.convert(row[0] | {"columns": columns[0] or []}, Layout)
