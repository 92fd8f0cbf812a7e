"""Filed reports on their way to the addresses of a court's rule: outside any transaction, by the worker. No Django."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg

from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.core.mailing import Attached, Mail, MailLater, MailRefused, Postbox

TITLES = {"week": Text("承办人周报", "Week by judge"), "clearing": Text("不明款清单", "Unidentified money")}
NO_SERVER = "no mail server is set (YIFEN_MAIL_URL)"
_SQL = queries(__package__)


class MailedReport(NamedTuple):
    """A report that is due to be mailed; `rows`: how many lines it has."""

    report_id: int
    address: str
    kind: str
    on_day: date
    court: str
    rows: int
    body: bytes


def work(
    conn: psycopg.Connection[Any], box: Postbox | None, origin: str, clock: Callable[[], datetime],
    ending: Callable[[], bool],
) -> None:  # fmt: skip
    """Each that is due, once; that it is tried is said before. `conn` in autocommit; `box` None: no mail goes out."""
    while not ending() and (row := conn.execute(_SQL["mail_next"], (clock(),)).fetchone()):
        report = MailedReport(*row)
        state, said = _sent(box, letter(report, origin), clock())
        conn.execute(_SQL["mailed"], (report.report_id, report.address, state, said[:300], clock()))


def letter(report: MailedReport, origin: str) -> Mail:
    """The same report to the same address has the same reference, however often it is sent."""
    title, where = TITLES[report.kind], f"{origin}/console/court/reports/"
    mark = hashlib.sha256(report.address.encode()).hexdigest()[:12]
    return Mail(
        report.address, f"{report.court} {title.zh} {report.on_day}",
        f"{report.court} {title.zh} {report.on_day}：{report.rows} 行，见附件；也可在 {where} 查看。\n\n"
        f"{title.en}, {report.on_day}: {report.rows} rows, attached; also at {where}\n",
        f"court-report-{report.report_id}-{mark}",
        (Attached(f"{report.kind}-{report.on_day}.pdf", bytes(report.body), "application/pdf"),),
    )  # fmt: skip


def _sent(box: Postbox | None, mail: Mail, at: datetime) -> tuple[str, str]:
    """(sent, failed, or due again; what the server said)."""
    if box is None:
        return "failed", NO_SERVER
    try:
        box.send(mail, at)
    except MailRefused as refused:
        return "failed", str(refused)
    except MailLater as later:
        return "due", str(later)
    return "sent", ""
