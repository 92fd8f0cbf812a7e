"""The step `transits` of the night: what stands on each company's transit account at the core goes to its settlement
account, in one sum by one move, and the transit account is zero; where it is not, the morning says by how much."""

from typing import NamedTuple

from msgspec import to_builtins

from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.core.wire.signed_port import NoPortAnswer
from yifen.hub.corebank import accounts
from yifen.hub.corebank import operations as core
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.corebank.operations import Connection, Cores, MoveOrder
from yifen.hub.corebank.reach import reached
from yifen.hub.failing import NightFailures
from yifen.hub.night import Night, NightTally, Reason, Result
from yifen.trades.agency import rules
from yifen.trades.agency.accounts import settlement_account
from yifen.trades.agency.codes import AgencyCode
from yifen.trades.agency.following import follow, follow_all

WHAT, TELLER = "EOD", "night"
_SQL = queries(__package__)


class SweptPair(NamedTuple):
    """A company with a pair; `is_settled`: its day is (P11), so its sum is known."""

    biller_id: int
    code: str
    institution_id: int
    contracting_id: int
    core_id: int
    transit: str
    is_settled: bool


def sweep(conn: Connection, night: Night) -> Result:
    """Every company for itself. A day that is not settled keeps its money where it is: the close names it."""
    return sweep_by(reached(conn, night.clock), night)


def sweep_by(cores: Cores, night: Night) -> Result:
    """The same by these cores."""
    conn = cores.conn
    follow_all(conn, night.now)
    tally, failures, left = NightTally(), NightFailures(conn, night.day), []
    for row in conn.execute(_SQL["pairs_of_book"], (night.day, night.book_id)).fetchall():
        pair = SweptPair(*row)
        with failures.of(pair.code, pair.institution_id):
            if pair.is_settled:
                _sweep_one(cores, night, pair, tally, failures)
            else:
                tally.add(pair.institution_id, waiting=1)
                fen, _unknown = _stands(cores, night, pair)
                left.append(to_builtins(Reason("unsettled", pair.code, pair.institution_id, night.day,
                                               detail=f"¥{grouped_yuan(fen)}")))  # fmt: skip
    return tally.result(failed=failures.told, left=left)


def _sweep_one(cores: Cores, night: Night, pair: SweptPair, tally: NightTally, failures: NightFailures) -> None:
    conn, where = cores.conn, (pair.code, pair.institution_id)
    fen, unknown = _stands(cores, night, pair)
    if unknown:
        failures.add(*where, CoreCode.CORE_AWAY, f"({unknown})")
        return
    if fen > 0:
        cores.port(pair.core_id).check_way()
        try:  # one that is away is asked for nothing yet: a repeat of the night does it
            cores.port(pair.core_id).account(pair.transit)
        except NoPortAnswer as reason:
            failures.add(*where, CoreCode.CORE_AWAY, Bilingual("未划转", "nothing was swept ({})", reason))
            return
        with conn.transaction():
            row = conn.execute(_SQL["ask_sweep"], (pair.biller_id, night.day, fen, night.now)).fetchone()
            assert row is not None
            code, sweep_id, serial, amount_fen = row
            if code == Code.OK:
                order = MoveOrder(
                    pair.core_id, serial, WHAT, f"agency_sweep:{sweep_id}", pair.contracting_id, TELLER, pair.transit,
                    settlement_account(cores, pair.biller_id), amount_fen, night.day, pair.biller_id, "internal",
                    summary=f"{night.day:%Y-%m-%d}",
                )  # fmt: skip
                core.write(conn, cores.ring, order, night.now)
        if code != Code.OK:
            is_short = code == AgencyCode.SWEEP_SHORT
            failures.add(*where, result_code(code), _short(conn, pair, fen) if is_short else grouped_yuan(fen))
            return
        core.settle(cores, serial, night.now)
        if follow(conn, "sweep", sweep_id, night.now) == "booked":
            tally.add(pair.institution_id, swept=1, swept_fen=amount_fen)
    left, unknown = _stands(cores, night, pair)
    if unknown:
        failures.add(*where, CoreCode.CORE_AWAY, f"({unknown})")
    elif left:
        failures.add(*where, AgencyCode.SWEEP_LEFT, grouped_yuan(left))


def _short(conn: Connection, pair: SweptPair, fen: int) -> Bilingual:
    """The gap, and what most likely makes it."""
    row = conn.execute(_SQL["short"], (pair.biller_id, fen)).fetchone()
    assert row is not None
    return rules.short_words(fen, *row)


def _stands(cores: Cores, night: Night, pair: SweptPair) -> tuple[int, int]:
    """(fen on the transit account at the core by the moves up to the day, moves of it that nobody knows of)."""
    lookups = accounts.lookups(cores.ring, pair.transit)
    row = cores.conn.execute(_SQL["stands"], (pair.biller_id, lookups, night.day)).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])
