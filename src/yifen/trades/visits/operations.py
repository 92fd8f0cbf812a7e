"""Visits are asked for by hand, given to people, given up, done; the database finds by his session who says so."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg

from yifen.core.facts import reasons
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.trades.visits.codes import VisitCode
from yifen.trades.visits.rules import Position, VisitPhoto

Connection = psycopg.Connection[Any]
_SQL = queries(__package__)


class AskedByHand(NamedTuple):
    """What a clerk asks for; `goer_id`: who goes, if he says so."""

    biller_id: int
    account_no: str
    kind: str
    why: str
    due_on: date
    goer_id: int | None


class WhatWasFound(NamedTuple):
    """What somebody says who was there."""

    finding: str
    note: str
    position: Position
    photos: Sequence[VisitPhoto]


def ask(conn: Connection, session: str, asked: AskedByHand, now: datetime) -> int:
    """Its number. Refused: REASON_MISSING, TEXT_TOO_LONG, ACCOUNT_NOT_THERE, PERMISSION_MISSING, VISIT_KIND_UNFIT,
    DUE_DAY_PAST, GOER_UNFIT, VISIT_ASKED_ALREADY."""
    why = reasons.reason(asked.why, "why")
    customer = conn.execute(_SQL["customer_of"], (asked.biller_id, asked.account_no)).fetchone()
    if customer is None:
        raise Refused(VisitCode.ACCOUNT_NOT_THERE, "account_no")
    values = (session, customer[0], asked.kind, why, asked.due_on, asked.goer_id, now)
    row = conn.execute(_SQL["new"], values).fetchone()
    code, visit = row or (int(Code.FAULT), 0)
    _kept(code, {VisitCode.DUE_DAY_PAST: "due_on", VisitCode.GOER_UNFIT: "goer", VisitCode.VISIT_KIND_UNFIT: "kind"})
    return int(visit)


def assign(conn: Connection, session: str, visits: Sequence[int], goer_id: int | None) -> None:
    """All of them or none. Refused: NOTHING_TO_ASSIGN, PERMISSION_MISSING, VISIT_ENDED, GOER_UNFIT."""
    if not visits:
        raise Refused(VisitCode.NOTHING_TO_ASSIGN, "place")
    _kept(_one(conn, "assign", session, list(visits), goer_id), {VisitCode.GOER_UNFIT: "goer"})


def assign_place(conn: Connection, session: str, place_id: int, goer_id: int, untaken: bool) -> int:
    """What is open in a community, a building or behind a door; of it what nobody has, or all. How many. Refused: as
    `assign`."""
    visits = [row[0] for row in conn.execute(_SQL["open_below"], {"place": place_id, "untaken": untaken}).fetchall()]
    assign(conn, session, visits, goer_id)
    return len(visits)


def give_up(conn: Connection, session: str, visit_id: int, now: datetime) -> None:
    """Refused: PERMISSION_MISSING, VISIT_ANOTHERS, VISIT_ENDED."""
    _kept(_one(conn, "give_up", session, visit_id, now), {})


def done(conn: Connection, ring: KeyRing, session: str, visit_id: int, found: WhatWasFound, now: datetime) -> None:
    """Once. Refused: TEXT_TOO_LONG, PERMISSION_MISSING, VISIT_NOT_YOURS, VISIT_ENDED, FINDING_UNFIT."""
    note, photos = reasons.remark(found.note, "note"), found.photos
    bodies = [ring.seal(one.body, photo_context(visit_id, number)) for number, one in enumerate(photos, 1)]
    _kept(_one(conn, "done", session, visit_id, found.finding, note, *found.position, [one.kind for one in photos],
               [one.digest for one in photos], [len(one.body) for one in photos], bodies, now),
          {VisitCode.FINDING_UNFIT: "finding"})  # fmt: skip


def photo_context(visit_id: int, number: int) -> str:
    """What a picture is sealed for; the plug says the same in SQL."""
    return f"visit_photo:{visit_id}:{number}"


def _one(conn: Connection, statement: str, *values: Any) -> int:
    row = conn.execute(_SQL[statement], values).fetchone()
    return int(row[0]) if row else int(Code.FAULT)


def _kept(code: int, fields: dict[VisitCode, str]) -> None:
    if code:
        said = result_code(code)
        raise Refused(said, next((field for one, field in fields.items() if one is said), ""))
