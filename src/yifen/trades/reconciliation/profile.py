"""How a partner is reconciled, as the engine uses it: its profile, or the defaults of its side."""

from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
import psycopg

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.readers.layout import FileLayout

_SQL = queries(__package__)
_BY_ID = _SQL["profile_by_id"]
_BY_CODE = _SQL["profile_by_code"]
_LAYOUT = _SQL["layout"]
_COLUMNS = _SQL["layout_columns"]
MIDNIGHT = time(0, 0)


class LegProfile(msgspec.Struct, frozen=True):
    """One leg's settings; see the columns of `recon_profile`. `described`: there is a row, else
    these are the defaults; `party`: channel, biller or bank."""

    partner_id: int
    code: str
    book_id: int
    encoding: str
    described: bool
    party: str
    format: str
    layout: FileLayout | None
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
    parts: str = ""
    whole: bool = False

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


def read_profile(conn: psycopg.Connection[Any], partner: int | str) -> LegProfile:
    """By partner id or code. Refused PARTNER_UNKNOWN; PROFILE_UNKNOWN: neither channel nor biller,
    and nobody said whose file it is."""
    cursor = conn.execute(_BY_ID if isinstance(partner, int) else _BY_CODE, (partner,))
    found = cursor.fetchone()
    if found is None:
        raise Refused(Code.PARTNER_UNKNOWN, "partner", str(partner))
    assert cursor.description is not None
    row = dict(zip((column.name for column in cursor.description), found, strict=True))
    if row["party"] is None:
        raise Refused(RepairCode.PROFILE_UNKNOWN, "partner", row["code"])
    layout_id = row.pop("layout_id")
    return LegProfile(layout=read_layout(conn, layout_id) if layout_id else None, **row)


def read_layout(conn: psycopg.Connection[Any], layout_id: int) -> FileLayout:
    """A file's description, whole."""
    row = conn.execute(_LAYOUT, (layout_id,)).fetchone()
    columns = conn.execute(_COLUMNS, (layout_id,)).fetchone()
    assert row is not None
    assert columns is not None
    return msgspec.convert(row[0] | {"columns": columns[0] or []}, FileLayout)
