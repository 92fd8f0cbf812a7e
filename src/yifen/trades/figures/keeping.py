"""Reports that are kept, shared and made regularly; who does it says the session, to the database alone."""

from datetime import datetime
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from yifen.core.access.edge import Access
from yifen.core.facts.mail_server import is_mail_address
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.face import scope
from yifen.trades.figures.asking import ReportAsk, read_ask
from yifen.trades.figures.codes import FigureCode

_SQL = queries(__package__)
TITLE_MAX = 60


class KeptReport(NamedTuple):
    """A report as its list shows it. `ask` None: a later version of the catalogue does not know what it asks."""

    report_id: int
    title: str
    ask: ReportAsk | None
    roles: list[str]
    changed_at: datetime
    owner: str
    is_own: bool
    schedules: int


class Overseen(NamedTuple):
    """What is made for one of the people whom one watches over: of the mail only its domain, or the partner."""

    schedule_id: int
    owner: str
    title: str
    every: str
    hour: int
    format: str
    to: str
    next_at: datetime


class Scheduled(NamedTuple):
    """When a report is made."""

    schedule_id: int
    every: str
    hour: int
    format: str
    mail: bytes | None
    next_at: datetime
    partner: str | None


def keep(
    conn: Any,
    access: Access,
    report: int | None,
    title: str,
    ask: ReportAsk,
    roles: list[str],
    now: datetime,
) -> int:
    """Its number. Refused: REPORT_WRONG (no title), and as figures_keep_v1 answers."""
    title = " ".join(title.split())
    if not 1 <= len(title) <= TITLE_MAX:
        raise Refused(FigureCode.REPORT_WRONG, "title", f"1–{TITLE_MAX}")
    row = conn.execute(
        _SQL["keep"], (access.session, report, title, Jsonb(ask.data()), roles, now)
    ).fetchone()
    _done(row[0], "roles")
    return int(row[1])


def drop(conn: Any, access: Access, report: int, now: datetime) -> None:
    """Refused as figures_drop_v1 answers."""
    _done(conn.execute(_SQL["drop"], (access.session, report, now)).fetchone()[0])


def schedule(
    conn: Any,
    ring: KeyRing,
    access: Access,
    report: int,
    asked: dict[str, Any],
    language: str,
    now: datetime,
) -> None:
    """`asked`: every, hour, format, mail ("": none). Refused: SCHEDULE_WRONG, and as figures_schedule_v1 answers."""
    mail = asked["mail"].strip()
    if mail and not is_mail_address(mail):
        raise Refused(FigureCode.SCHEDULE_WRONG, "mail")
    sealed = ring.seal(mail.encode(), context(report)) if mail else None
    row = conn.execute(
        _SQL["schedule"],
        (
            access.session,
            report,
            asked["every"],
            asked["hour"],
            asked["format"],
            "en" if language.startswith("en") else "zh-hans",
            sealed,
            mail.rpartition("@")[2],
            now,
        ),
    ).fetchone()
    _done(row[0], "every")


def unschedule(conn: Any, access: Access, number: int, now: datetime) -> None:
    """Refused as figures_unschedule_v1 answers."""
    _done(conn.execute(_SQL["unschedule"], (access.session, number, now)).fetchone()[0])


def reports(conn: Any, access: Access, report: int | None = None) -> list[KeptReport]:
    """One's own and those shared with him; or the one."""
    user = access.user
    assert user is not None
    rows = conn.execute(_SQL["reports"], {
        "user": user.pk, "roles": sorted(access.roles), "institution": user.institution_id, "partner": user.partner_id,
        "report": report}).fetchall()  # fmt: skip
    return [KeptReport(row[0], row[1], _known(row[2]), *row[3:]) for row in rows]


def schedules(conn: Any, access: Access, report: int) -> list[Scheduled]:
    """One's own of a report."""
    assert access.user is not None
    return [
        Scheduled(*row)
        for row in conn.execute(_SQL["schedules"], (report, access.user.pk)).fetchall()
    ]


def overseen(conn: Any, access: Access) -> list[Overseen]:
    """Of the people in reach."""
    rows = conn.execute(_SQL["overseen"], scope.params(access.scope)).fetchall()
    return [Overseen(*row) for row in rows]


def context(report: int) -> str:
    """What a mail address is sealed for."""
    return f"figure_schedule:{report}"


def _known(data: Any) -> ReportAsk | None:
    try:
        return read_ask(data)
    except Refused:
        return None


def _done(number: int, field: str = "") -> None:
    if number:
        raise Refused(result_code(number), field)
