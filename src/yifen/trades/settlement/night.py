"""The steps `settle`, `commission` and `payout`: billers' days squared, money expected and sent on."""

from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.sqlfiles import queries
from yifen.hub.failing import Guard, NightFailures
from yifen.hub.night import Connection, Night, NightTally, Reason, Result
from yifen.trades.settlement.calendar import Calendar
from yifen.trades.settlement.codes import SettlementCode
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
    tally, left, failures = NightTally(), [], NightFailures(conn, night.day)
    took = matches.take_bank_matches(conn, night.now)
    partners = _partners(conn, night)
    guard = _guard(failures, partners)
    _expect(conn, night, tally, guard)
    for one in settle.settle_due(
        conn, night.book_id, night.day, night.now, night.signed_by, guard
    ):
        code, institution = partners[one.biller_id]
        if one.code is Code.OK:
            tally.add(institution, settled=1, due_fen=one.due_fen, moved_fen=one.moved_fen,
                      carried_fen=one.carried_fen, commission_fen=one.commission_fen)  # fmt: skip
        else:
            tally.add(institution, unsettled=1)
            why = _unproved(conn, one) if one.code is SettlementCode.DAY_NOT_PROVED else ""
            left.append(_told(one.code, code, institution, one.day, why))
    return tally.result(left=left, failed=failures.told, bank=msgspec.to_builtins(took))


def true_up(conn: Connection, night: Night) -> Result:
    """Periods that end: what their commission still lacks."""
    tally, partners, failures = NightTally(), _partners(conn, night), NightFailures(conn, night.day)
    guard = _guard(failures, partners)
    for one in commission.true_up_due(conn, night.book_id, night.day, night.now, guard):
        tally.add(partners[one.biller_id][1], periods=1, fee_fen=one.fee_fen)
    return tally.result(failed=failures.told)


def pay_out(conn: Connection, night: Night) -> Result:
    """Instruct what is due today, send it by each bank's port, ask for what is undecided. A bank
    without a port gets its payouts as a file, which a person fetches."""
    tally, partners, left = NightTally(), _partners(conn, night), []
    failures = NightFailures(conn, night.day)
    guard, today = _guard(failures, partners), _today(conn, night)
    for one in payouts.instruct_due(conn, night.book_id, today, night.now, guard):
        code, institution = partners[one.biller_id]
        if one.code is Code.OK:
            tally.add(institution, instructed=1, instructed_fen=one.amount_fen)
        else:
            left.append(_told(one.code, code, institution, night.day, kind="failed"))
    for bank_id, code, institution in conn.execute(_BANKS, (night.book_id,)).fetchall():
        with failures.of(code, institution):
            port = night.outside.bank_port(conn, bank_id)
            if port is None:
                continue
            tally.add(institution, **msgspec.to_builtins(sending.send_due(conn, port, bank_id)))
            tally.add(institution, **msgspec.to_builtins(sending.ask_due(conn, port, bank_id)))
    return tally.result(left=left, failed=failures.told)


def _expect(conn: Connection, night: Night, tally: NightTally, guard: Guard) -> None:
    params = {"book": night.book_id, "day": night.day, "signed": bool(night.signed_by)}
    for due in (_Due(*row) for row in conn.execute(_TO_EXPECT, params).fetchall()):
        with guard(due.channel_id):
            due_on = Calendar.of(conn, due.day).add_working_days(due.day, 1)
            said = receipts.expect(
                conn, due.channel_id, due.day, due.bank_id, max(0, -due.fee_fen), due_on, night.now,
                due.gross_fen,
            )  # fmt: skip
            if said.code is Code.OK:
                tally.add(due.institution, expected=1, expected_fen=said.gross_fen - said.fee_fen)


def _guard(failures: NightFailures, partners: dict[int, tuple[str, int]]) -> Guard:
    return lambda partner_id: failures.of(*partners[partner_id])


def _unproved(conn: Connection, one: settle.Settled) -> str:
    """Whose legs did not run, and whose differences are open: KIOSK, POS (3)."""
    items: dict[str, int] = {}
    for what in settle.unproved(conn, one.biller_id, one.day):
        items[what.partner] = items.get(what.partner, 0) + (what.item_id is not None)
    return ", ".join(f"{code} ({count})" if count else code for code, count in items.items())


def _partners(conn: Connection, night: Night) -> dict[int, tuple[str, int]]:
    rows = conn.execute(_CODES, (night.book_id,)).fetchall()
    return {key: (code, institution) for key, code, institution in rows}


def _today(conn: Connection, night: Night) -> date:
    """The calendar day of the book's place: a payout is due by it."""
    row = conn.execute(_ZONE, (night.book_id,)).fetchone()
    assert row is not None
    return night.now.astimezone(ZoneInfo(row[0])).date()


def _told(
    code: ResultCode, partner: str, institution: int, day: date, detail: str = "", kind: str = "unsettled"
) -> dict[str, object]:
    why = Reason(kind, partner=partner, institution=institution, day=day, code=int(code),
                 detail=f"({detail})" if detail else "")  # fmt: skip
    told: dict[str, object] = msgspec.to_builtins(why)
    return told
