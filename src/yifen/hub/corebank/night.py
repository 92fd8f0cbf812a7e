"""The step `core_moves` of the night: what became of the day's moves at a core must be known and be the core's own
word, and what a core says that stands on a company's transit account is what our moves add up to. What is not is the
company's line in the morning, and the day does not close by itself. A core that says nothing is one such: a repeat of
the night asks it again."""

from typing import NamedTuple

import structlog

from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.signed_port import NoPortAnswer, NotCalled
from yifen.hub.corebank import accounts, proof
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.corebank.operations import Cores
from yifen.hub.corebank.reach import reached
from yifen.hub.failing import NightFailures
from yifen.hub.night import Connection, Night, Result

UNCOMPARED = Bilingual("过渡户余额未核对", "the balance of its transit account was not compared")
TRIES = 3
"""How often an account is looked at that moves just now."""
log = structlog.get_logger()
_SQL = queries(__package__)


class TransitAccount(NamedTuple):
    """A company's, at a core."""

    biller: str
    institution_id: int
    core_id: int
    account_no: str


def look(conn: Connection, night: Night) -> Result:
    """A line for each company with moves up to this day that are not known, or not undone though they should be; for
    each result that no core signed; for each transit account of which the core says otherwise, or nothing."""
    return look_by(reached(conn, night.clock), night)


def look_by(cores: Cores, night: Night) -> Result:
    """The same by these cores."""
    conn = cores.conn
    failures = NightFailures(conn, night.day)
    for partner, institution, count, first in conn.execute(_SQL["not_known"], (night.day, night.book_id)).fetchall():
        failures.add(partner, institution, CoreCode.CORE_AWAY, f"({count}) {first}")
    for move, why in proof.read(conn, cores.ring, night.day):
        failures.add(move.partner, move.institution_id, CoreCode.CORE_FORGED, f"{move.serial} {why}")
    sums = {"moves": (conn.execute(_SQL["done_of_day"], (night.day,)).fetchone() or [0])[0]}
    if silent := _compare(cores, night, failures):
        sums["silent_cores"] = silent
    return {"sums": sums, "failed": failures.told}


def _compare(cores: Cores, night: Night, failures: NightFailures) -> int:
    """Our moves of each transit account beside its balance at the core; answers how many cores gave no answer: each
    is asked once, and every company there is told."""
    silent = dict[int, Code | CoreCode]()
    for row in cores.conn.execute(_SQL["transits"], (night.book_id,)).fetchall():
        one = TransitAccount(*row)
        with failures.of(one.biller, one.institution_id):
            ours = theirs = 0
            if one.core_id not in silent:
                try:
                    ours, theirs = _both(cores, one)
                except NoPortAnswer as reason:
                    log.warning("a core does not say what stands there", biller=one.biller, reason=str(reason))
                    silent[one.core_id] = Code.NOT_CALLED if isinstance(reason, NotCalled) else CoreCode.CORE_AWAY
            if one.core_id in silent:
                failures.add(one.biller, one.institution_id, silent[one.core_id], UNCOMPARED)
            elif ours != theirs:
                failures.add(one.biller, one.institution_id, CoreCode.CORE_BALANCE_DIFFERS,
                             f"{grouped_yuan(theirs)} / {grouped_yuan(ours)}")  # fmt: skip
    return len(silent)


def _both(cores: Cores, one: TransitAccount) -> tuple[int, int]:
    """(fen by our moves, fen by the core), equal too where moves of it are on the way. NoPortAnswer."""
    told = 0
    for _ in range(TRIES):
        before = _stands(cores, one)
        said = cores.port(one.core_id).account(one.account_no).free_fen
        if said is None:
            raise NoPortAnswer("it does not tell the balance")
        told = said
        if before == _stands(cores, one) and not before[1]:
            return before[0], told
    return told, told  # what is not known is named by itself


def _stands(cores: Cores, one: TransitAccount) -> tuple[int, int]:
    """(fen by all moves that the core has, how many are not known)."""
    values = {"core": one.core_id, "account": accounts.lookups(cores.ring, one.account_no)}
    row = cores.conn.execute(_SQL["stands"], values).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])
