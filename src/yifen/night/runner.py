"""The night's runner: a book's steps in order, each kept with its tries, time and result.

Whatever kills it, a new run goes on at the first step that is not done; every step may be repeated.
A day that waits for its close is gone through again from the files on: something late may have come.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from time import monotonic
from typing import Any, NamedTuple

import msgspec
import structlog
from psycopg.types.json import Jsonb

from yifen.core.facts.codes import Code
from yifen.core.facts.plug import NightStep
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import called
from yifen.hub.failing import said
from yifen.hub.night import NOBODY, Connection, Night, NightOutside, Reason, Result, Step, Waits
from yifen.night.codes import NightCode
from yifen.night.steps import steps

log = structlog.get_logger()
LATE_FROM = "files"  # what a late file can change begins here
_SQL = queries(__package__)
_LOCK = _SQL["lock_book"]
_UNLOCK = _SQL["unlock_book"]
_OPEN = _SQL["open_run"]
_LEFT_OUT = _SQL["cut_without_night"]
_RUN = _SQL["run_of_day"]
_STATES = _SQL["step_states"]
_BEGIN = _SQL["begin_step"]
_END = _SQL["end_step"]
_SIGN = _SQL["sign_run"]
_CLOSE = _SQL["close_run"]
_CUT_WHOLE = _SQL["cut_is_whole"]


class Ended(NamedTuple):
    """A step that was done now, waits, or failed."""

    step: str
    state: str
    took: timedelta
    result: Result
    error: str


Tell = Callable[[Ended], None]


class Ran(msgspec.Struct):
    """What became of a run. `state`: closed, waiting or failed; `steps` as they ended now."""

    book_id: int
    business_day: date
    state: str
    steps: dict[str, str]
    reasons: list[dict[str, Any]]
    error: str = ""


def run(
    conn: Connection,
    book_id: int,
    day: date,
    outside: NightOutside,
    now: datetime,
    *,
    early: bool = False,
    tell: Tell | None = None,
) -> Ran:
    """Go on with a book's day until it is closed, waits or fails. `conn` in autocommit; `tell` hears
    of every step that ended. While an earlier day never had its night, this one waits and is not begun.
    Refused DAY_END_RUNNING: another runner has it."""
    with _alone(conn, book_id):
        if earlier := _left_out(conn, book_id, day):
            return Ran(book_id, day, "waiting", {}, earlier)
        conn.execute(_OPEN, (book_id, day, now))
        found = _night(conn, book_id, day, now, outside, early)
        if found is None:
            return Ran(book_id, day, "closed", {}, [])
        return _go(conn, found, _left(conn, found.eod_id), tell)


def sign(
    conn: Connection, book_id: int, day: date, who: str, reason: str, now: datetime,
    tell: Tell | None = None,
) -> Ran:  # fmt: skip
    """签字关闭: a named person closes a day with unproved money: what is not proved is settled in
    that name, and the day is closed. Stands in eod_run and in the audit trail. The caller has asked
    for the permission. Refused: DAY_END_NOT_SIGNABLE (nothing waits for a signature), INPUT_INVALID
    (no name), REASON_MISSING, DAY_END_RUNNING."""
    may_be_signed(conn, book_id, day, who, reason)
    with _alone(conn, book_id):
        found = _night(conn, book_id, day, now, NOBODY, False)
        if found is None or _states(conn, found.eod_id).get("close") != "waiting":
            raise Refused(NightCode.DAY_END_NOT_SIGNABLE, "day", str(day))
        conn.execute(_SIGN, (who, needed(reason), found.eod_id))
        left = [step for step in steps() if step.signed]
        return _go(conn, replace(found, signed_by=found.signed_by or who), left, tell)


def may_be_signed(conn: Connection, book_id: int, day: date, who: str, reason: str) -> None:
    """Refused: DAY_END_NOT_SIGNABLE (nothing waits for a signature), INPUT_INVALID (no name),
    REASON_MISSING."""
    if not who.strip():
        raise Refused(Code.INPUT_INVALID, "who")
    needed(reason)
    row = conn.execute(_RUN, (book_id, day)).fetchone()
    if row is None or row[2] is not None or _states(conn, row[0]).get("close") != "waiting":
        raise Refused(NightCode.DAY_END_NOT_SIGNABLE, "day", str(day))


def _go(conn: Connection, night: Night, left: list[NightStep], tell: Tell | None) -> Ran:
    """These steps one after the other; the day is closed behind the last."""
    began, ran = monotonic(), Ran(night.book_id, night.day, "closed", {}, [])
    for step in left:
        moment = night.now + timedelta(seconds=monotonic() - began)
        if not _one(conn, replace(night, now=moment), step.name, called(step.run), ran, tell):
            return ran
    conn.execute(_CLOSE, (night.now + timedelta(seconds=monotonic() - began), night.eod_id))
    return ran


def _night(
    conn: Connection, book_id: int, day: date, now: datetime, outside: NightOutside, early: bool
) -> Night | None:
    """The night of a run that is there; None: there is none, or its day is closed."""
    row = conn.execute(_RUN, (book_id, day)).fetchone()
    if row is None or row[2] is not None:
        return None
    return Night(row[0], book_id, day, now, row[1], outside, early, row[3])


def _left_out(conn: Connection, book_id: int, day: date) -> list[dict[str, Any]]:
    """The earlier days that were cut and never had their night, as reasons to wait."""
    days = [at for (at,) in conn.execute(_LEFT_OUT, {"book": book_id}).fetchall() if at < day]
    return [msgspec.to_builtins(Reason("earlier_day", day=at)) for at in days]


@contextmanager
def _alone(conn: Connection, book_id: int) -> Iterator[None]:
    row = conn.execute(_LOCK, (book_id,)).fetchone()
    if not (row and row[0]):
        raise Refused(NightCode.DAY_END_RUNNING, "book", str(book_id))
    try:
        yield
    finally:
        if not conn.closed:  # the lock ends with its session anyway
            conn.execute(_UNLOCK, (book_id,))


def _left(conn: Connection, eod_id: int) -> list[NightStep]:
    """The steps that are to be done now, in order."""
    states = _states(conn, eod_id)
    names = [step.name for step in steps()]
    first = next((name for name in names if states.get(name) != "done"), None)
    if first is None:
        return []
    if "close" in states and names.index(first) > names.index(LATE_FROM):
        row = conn.execute(_CUT_WHOLE, (eod_id,)).fetchone()
        first = LATE_FROM if row and row[0] else names[0]
    return list(steps()[names.index(first) :])


def _states(conn: Connection, eod_id: int) -> dict[str, str]:
    return dict(conn.execute(_STATES, (eod_id,)).fetchall())


def _one(
    conn: Connection, night: Night, name: str, step: Step, ran: Ran, tell: Tell | None
) -> bool:
    """One step, and what is kept of it. False: the run ends here."""
    began = monotonic()
    conn.execute(_BEGIN, (night.eod_id, name, night.now))
    state, result, error = _try(conn, night, name, step)
    ended_at = night.now + timedelta(seconds=monotonic() - began)
    conn.execute(_END, (state, ended_at, Jsonb(result), error, night.eod_id, name))
    ran.steps[name], ran.error = state, error
    ran.reasons = result.get("reasons", [])
    if tell is not None:
        tell(Ended(name, state, ended_at - night.now, result, error))
    if state != "done":
        ran.state = state
    return state == "done"


def _try(conn: Connection, night: Night, name: str, step: Step) -> tuple[str, Result, str]:
    """(state, result, error) of a step. A fault keeps the run from going on, and nothing else."""
    try:
        return "done", step(conn, night), ""
    except Waits as waits:
        reasons = [msgspec.to_builtins(reason) for reason in waits.reasons]
        return "waiting", {**waits.result, "reasons": reasons}, ""
    except Refused as refused:
        log.warning("a step of the end of day was refused", step=name, reason=str(refused))
        meaning, detail = refused.code.meaning, said(refused)
        zh = f"{refused.code:04d} {meaning.zh} {detail.zh}".strip()
        en = f"{refused.code:04d} {meaning.en} {detail}".strip()
        return "failed", {"error": {"zh": zh, "en": en}}, en
    except Exception as error:  # kept with the step; the next run tries it again
        log.exception("a step of the end of day failed", step=name, day=str(night.day))
        return "failed", {"error": {"zh": said(error).zh, "en": said(error)}}, said(error)
