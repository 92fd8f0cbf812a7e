"""The steps `settle`, `commission` and `payout`: billers' days squared, money expected and sent on."""

from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.sqlfiles import queries
from yifen.hub.night import Connection, Night, NightTally, Reason, Result
from yifen.trades.settlement.calendar import Calendar
from yifen.trades.settlement.operations import (
    commission,
    matches,
    payouts,
    receipts,
    sending,
    settle,
)

_SQL = queries(__package__)
_CODES = _SQL["partners"]
_ZONE = _SQL["time_zone"]
_TO_EXPECT = _SQL["money_to_expect"]
_BANKS = _SQL["banks"]


class _Due(NamedTuple):
    """A channel's day whose money is to be expected."""

    channel_id: int
    institution: int
    day: date
    bank_id: int
    fee_fen: int
    gross_fen: int | None


def settle_days(conn: Connection, night: Night) -> Result:
    """What the bank's statement proved, what channels still owe, then the billers' days. A biller
    that is not proved keeps nobody else; the close names it."""
    tally, left = NightTally(), []
    took = matches.take_bank_matches(conn, night.now)
    _expect(conn, night, tally)
    partners = _partners(conn, night)
    for one in settle.settle_due(conn, night.book_id, night.day, night.now, night.signed_by):
        code, institution = partners[one.biller_id]
        if one.code is Code.OK:
            tally.add(institution, settled=1, due_fen=one.due_fen, moved_fen=one.moved_fen,
                      carried_fen=one.carried_fen, commission_fen=one.commission_fen)  # fmt: skip
        else:
            tally.add(institution, refused=1)
            left.append(_told(one.code, code, institution, one.day))
    return tally.result(left=left[:50], bank=msgspec.to_builtins(took))


def true_up(conn: Connection, night: Night) -> Result:
    """Periods that end: what their commission still lacks."""
    tally, partners = NightTally(), _partners(conn, night)
    for one in commission.true_up_due(conn, night.book_id, night.day, night.now):
        tally.add(partners[one.biller_id][1], periods=1, fee_fen=one.fee_fen)
    return tally.result()


def pay_out(conn: Connection, night: Night) -> Result:
    """Instruct what is due today, send it by each bank's port, ask for what is undecided. A bank
    without a port gets its payouts as a file, which a person fetches."""
    tally, partners, left = NightTally(), _partners(conn, night), []
    for one in payouts.instruct_due(conn, night.book_id, _today(conn, night), night.now):
        code, institution = partners[one.biller_id]
        if one.code is Code.OK:
            tally.add(institution, instructed=1, instructed_fen=one.amount_fen)
        else:
            left.append(_told(one.code, code, institution, night.day))
    for bank_id, institution in conn.execute(_BANKS, (night.book_id,)).fetchall():
        port = night.outside.bank_port(conn, bank_id)
        if port is None:
            continue
        tally.add(institution, **msgspec.to_builtins(sending.send_due(conn, port, bank_id)))
        tally.add(institution, **msgspec.to_builtins(sending.ask_due(conn, port, bank_id)))
    return tally.result(left=left[:50])


def _expect(conn: Connection, night: Night, tally: NightTally) -> None:
    params = {"book": night.book_id, "day": night.day, "signed": bool(night.signed_by)}
    for due in (_Due(*row) for row in conn.execute(_TO_EXPECT, params).fetchall()):
        due_on = Calendar.of(conn, due.day).add_working_days(due.day, 1)
        said = receipts.expect(
            conn, due.channel_id, due.day, due.bank_id, max(0, -due.fee_fen), due_on, night.now,
            due.gross_fen,
        )  # fmt: skip
        if said.code is Code.OK:
            tally.add(due.institution, expected=1, expected_fen=said.gross_fen - said.fee_fen)


def _partners(conn: Connection, night: Night) -> dict[int, tuple[str, int]]:
    rows = conn.execute(_CODES, (night.book_id,)).fetchall()
    return {key: (code, institution) for key, code, institution in rows}


def _today(conn: Connection, night: Night) -> date:
    """The calendar day of the book's place: a payout is due by it."""
    row = conn.execute(_ZONE, (night.book_id,)).fetchone()
    assert row is not None
    return night.now.astimezone(ZoneInfo(row[0])).date()


def _told(code: ResultCode, partner: str, institution: int, day: date) -> dict[str, object]:
    why = Reason("unsettled", partner=partner, institution=institution, day=day,
                 detail=f"{code:04d} {code.meaning.en}")  # fmt: skip
    told: dict[str, object] = msgspec.to_builtins(why)
    return told
