"""Requests 报停、报开 as a clerk takes them, marks of flats, and who is sent to look."""

import json
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from yifen.core.access.edge import Access
from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.reasons import remark
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection
from yifen.trades.heating.codes import HeatingCode
from yifen.trades.heating.rules import ASKERS, KINDS, MARKS, HeatPaper
from yifen.trades.heating.seasons import done

_SQL = queries(__package__)
AT_FIELD: dict[ResultCode, str] = {
    HeatingCode.SEASON_UNKNOWN: "season", HeatingCode.DAY_OUTSIDE: "from_on", HeatingCode.ASKED_LATE: "season",
    HeatingCode.STOPPED_ALREADY: "season",
}  # fmt: skip
"""Where a refused request says why; else at its kind."""


def ask(
    access: Access, service: int, season: int, kind: str, from_on: date | None, asked_by: str, document: str,
    why: str, now: datetime,
) -> int:  # fmt: skip
    """The request's number. `document`: that of the signed paper. Refused: INPUT_INVALID, REASON_MISSING,
    TEXT_TOO_LONG, and as heating_ask_v1."""
    if kind not in KINDS or asked_by not in ASKERS:
        raise Refused(Code.INPUT_INVALID, "kind" if kind not in KINDS else "asked_by")
    given = {"session": access.session, "service": service, "season": season, "kind": kind, "from_on": from_on,
             "asked_by": asked_by, "document": needed(document, "document"), "reason": remark(why),
             "now": now}  # fmt: skip
    code, request_id = _row("ask", given)
    if code:
        told = result_code(code)
        raise Refused(told, AT_FIELD.get(told, "kind"))
    return int(request_id)


def keep_paper(access: Access, ring: KeyRing, request_id: int, paper: HeatPaper) -> None:
    """Of a request that was just taken, in its transaction. Refused: REQUEST_UNKNOWN, PERMISSION_MISSING."""
    who = json.dumps([paper.name, paper.phone], ensure_ascii=False).encode()
    scan = paper.scan
    (code,) = _row("paper", {
        "session": access.session, "request": request_id, "neighbours": paper.neighbours,
        "applicant": ring.seal(who, paper_context(request_id)), "kind": paper.kind,
        "sha256": sha256(scan).digest() if scan else None, "bytes": len(scan) if scan else None,
        "body": ring.seal(scan, scan_context(request_id)) if scan else None})  # fmt: skip
    if code:
        raise Refused(result_code(code))


def paper_context(request_id: int) -> str:
    """What name and phone are sealed for; the plug says the same in SQL."""
    return f"heating_paper:{request_id}"


def scan_context(request_id: int) -> str:
    """Likewise of the scan."""
    return f"heating_scan:{request_id}"


def withdraw(access: Access, request_id: int, now: datetime) -> None:
    """Refused: REQUEST_UNKNOWN, PERMISSION_MISSING."""
    done("withdraw", access.session, request_id, now)


def again(access: Access, request_id: int, now: datetime) -> None:
    """Somebody goes there again. Refused: REQUEST_UNKNOWN, PERMISSION_MISSING."""
    done("again", access.session, request_id, now)


def mark(
    access: Access, service: int, kind: str, until: date | None, note: str, now: datetime, *, ends: bool = False
) -> None:
    """Refused: INPUT_INVALID, SERVICE_UNKNOWN, PERMISSION_MISSING, MARK_WRONG."""
    if kind not in MARKS:
        raise Refused(Code.INPUT_INVALID, "kind")
    given = {"session": access.session, "service": service, "kind": kind, "until": until,
             "note": remark(note, "note"), "ends": ends, "now": now}  # fmt: skip
    (code,) = _row("mark", given)
    if code:
        raise Refused(result_code(code), "until")


def check(access: Access, season: int, building: int, due: date, now: datetime) -> int:
    """How many doors somebody is sent to. Refused: SEASON_UNKNOWN, PERMISSION_MISSING, DAY_OUTSIDE."""
    code, visits = _row("check", {"session": access.session, "season": season, "building": building, "due": due,
                                  "now": now})  # fmt: skip
    if code:
        raise Refused(result_code(code), "due")
    return int(visits)


def _row(statement: str, given: dict[str, Any]) -> tuple[Any, ...]:
    with plain_connection() as conn:
        row: tuple[Any, ...] | None = conn.execute(_SQL[statement], given).fetchone()
    assert row is not None
    return row
