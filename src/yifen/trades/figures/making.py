"""The job that makes reports when they are due, and mails them: a report a transaction, as its owner may see it now."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from yifen.core.access.edge import Access, now
from yifen.core.access.models import User
from yifen.core.access.scope import Scope
from yifen.core.facts.days import ZONE
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.settings import read_settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.mailing import Attached, Mail, MailLater, MailRefused, Postbox, postbox
from yifen.core.ring import key_ring
from yifen.face import scope
from yifen.face.plain import plain_connection
from yifen.trades.figures import files, telling
from yifen.trades.figures.asking import read_ask
from yifen.trades.figures.codes import FigureCode
from yifen.trades.figures.keeping import context
from yifen.trades.figures.reach import reach

log = structlog.get_logger()
_SQL = queries(__package__)


def run(ending: Callable[[], bool]) -> None:
    """What is due now."""
    make(now(), postbox(read_settings()), read_settings().web_origin, ending)


def make(at: datetime, box: Postbox | None, origin: str, ending: Callable[[], bool]) -> None:
    """Write down what is due, make it, mail it, forget what is old. `box` None: no mail goes out from here."""
    with plain_connection(60) as conn:
        conn.execute(_SQL["due"], (at,))
        conn.execute(_SQL["forget"], (at,))
        last = 0
        while not ending() and (row := conn.execute(_SQL["to_make"], (last,)).fetchone()):
            last, state = row[0], row[1]
            if state == "due":
                _make(conn, row, at)
                row = conn.execute(_SQL["to_make"], (last - 1,)).fetchone() or row
            if row[0] == last and row[1] == "made":
                _mail(conn, row, at, box, origin)


def _make(conn: Any, row: tuple[Any, ...], at: datetime) -> None:
    number, _, due, owner_id, form, language, _, title, data, _, partner_id = row
    rows, body, said = 0, None, ""
    try:
        rows, body = made(conn, owner_id, title, data, form, language, due, at, partner_id)
    except Refused as refused:
        said = refused.text(language)
    except Exception as error:  # whatever it is, the others are made
        log.exception("a report could not be made", made=number)
        said = type(error).__name__
    conn.execute(_SQL["put_made"], (number, rows, body, said, at))


def made(
    conn: Any,
    owner_id: int,
    title: str,
    data: Any,
    form: str,
    language: str,
    due: datetime,
    at: datetime,
    partner_id: int | None = None,
) -> tuple[int, bytes]:
    """How many rows, and the file: of the day on which it was due, with the rights of today. For a partner its own
    figures alone, and nobody of ours by name. Refused: FIGURES_NOT_YOURS, and as the report is."""
    user, access = _owner(owner_id)
    today = due.astimezone(ZONE).date()
    within = reach(conn, access) if partner_id is None else scope.params(Scope((), (partner_id,)))
    report = telling.told(conn, read_ask(data), today, within)
    of = str(user.partner or user.institution)
    about = files.FileAbout(title, of, str(user) if partner_id is None else of, at)
    said = files.english if language.startswith("en") else Text.__str__
    return len(report.lines), files.file(form, report, about, access, said)


def _owner(number: int) -> tuple[User, Access]:
    """As he is now. Refused: FIGURES_NOT_YOURS."""
    user = User.objects.select_related("institution", "partner").get(pk=number)
    access = Access(user)
    if not (user.is_active and access.may("figures.report")):
        raise Refused(FigureCode.FIGURES_NOT_YOURS)
    return user, access


def _mail(conn: Any, row: tuple[Any, ...], at: datetime, box: Postbox | None, origin: str) -> None:
    number, _, due, owner_id, form, language, sealed, title, _, body, _ = row
    try:
        _owner(owner_id)
    except Refused as refused:
        conn.execute(_SQL["mailed"], (number, "failed", refused.text(language)))
        return
    report = conn.execute(_SQL["report_of"], (number,)).fetchone()[0]
    day, english = due.astimezone(ZONE).date(), language.startswith("en")
    state, said = "failed", "no mail server is set"
    if box is not None:
        to = key_ring().open(bytes(sealed), context(report)).decode()
        text = (
            f"{title}\n{day}\n\nThe report is attached; it is also kept for 60 days at\n"
            f"{origin}/console/figures/made/\n"
            if english
            else f"{title}\n{day}\n\n报表见附件；也可在 60 天内到以下页面下载：\n{origin}/console/figures/made/\n"
        )
        name = f"report-{day}-{number}.{form}"
        mail = Mail(
            to,
            f"{title} {day}",
            text,
            f"figures-{number}",
            (Attached(name, bytes(body), files.TYPES[form]),),
        )
        try:
            box.send(mail, at)
            state, said = "sent", ""
        except MailRefused as error:
            said = str(error)
        except MailLater as error:
            state, said = "due", str(error)
    conn.execute(_SQL["mailed"], (number, state, said))
