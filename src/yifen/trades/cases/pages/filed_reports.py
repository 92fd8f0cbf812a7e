"""Reports of case money that are made and filed by themselves, as PDF, by the rights of a head of the court: the
judges' week, the clearing list of each month; mailed to whom the court's rule says (`cases.mail`)."""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.models import User
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.lists.asking import chosen, one_of
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import in_scope
from yifen.face.plain import plain_connection
from yifen.face.today.waiting import SOON, TODAY, ListedWork, WaitingWork, of_lists
from yifen.trades.cases.pages.clock_lists import CLEARING, JUDGES
from yifen.trades.cases.pages.document_lists import on_paper
from yifen.trades.cases.pages.listing import courts

log = structlog.get_logger()
_SQL = queries(__package__)
_STATE = "CASE WHEN r.made_at > %(now)s - interval '2 days' THEN 'new' ELSE 'kept' END"
LISTS = {"week": JUDGES, "clearing": CLEARING}
KINDS: words.Words = {"week": (_("承办人周报"), "neutral"), "clearing": (_("不明款清单"), "neutral")}
STATES: words.Words = {"new": (_("新"), "accent"), "kept": (_("存档"), "neutral")}


MAILS: words.Words = {"none": (_("不发邮件"), "neutral"), "due": (_("待发"), "waiting"), "sent": (_("已发出"), "ok"),
                      "failed": (_("未能发出"), "bad")}  # fmt: skip


def run(ending: Callable[[], bool]) -> None:
    """What is due now; one that cannot be made holds up no other."""
    make(now(), ending)


def make(at: datetime, ending: Callable[[], bool]) -> None:
    with plain_connection() as conn:
        due = conn.execute(_SQL["reports_due"], (at,)).fetchall()
    for court, kind, day, reader in due:
        if ending():
            return
        try:
            user = User.objects.select_related("institution", "partner").get(pk=reader)
            body, rows = on_paper(LISTS[kind], QueryDict(f"court={court}"), Access(user), user)
            with plain_connection() as conn:
                conn.execute(_SQL["file_report"], (court, kind, day, rows, body, at))
        except Exception:
            log.exception("a report of case money was not made", court=court, kind=kind)


def report_url(row: Row, access: Access) -> str:
    return reverse("court_report", args=[row.report_id])


REPORTS = Listing(
    name="court_reports", title=_("案款报表存档"), permission="cases.view", export="cases.view",
    route="court/reports/", note=_("每周一制作承办人周报，每月一日制作不明款清单；点开即 PDF。"), empty=_("没有报表"),
    source=_SQL["reports"], scope=in_scope("r.court_id"), key="r.report_id", default="report_id", opens=report_url,
    filters=chosen("court", _("法院"), "r.court_id = %(court)s", courts),
    columns=(
        Column("report_id", "r.report_id", _("编号"), "code", order="down", by_kind="num",
               value=lambda r, a: str(r.report_id)),
        Column("on_day", "r.on_day", _("日期"), "day"),
        Column("kind", "r.kind", _("种类"), "badge", words=KINDS, filters=one_of("kind", _("种类"), KINDS)),
        Column("court", "p.name", _("法院")),
        Column("row_count", "r.row_count", _("行数"), "num"),
        Column("made_at", "r.made_at", _("制作时间"), "time"),
        Column("mailed", "coalesce(m.state, 'none')", _("邮件"), "badge", words=MAILS,
               filters=one_of("mailed", _("邮件"), MAILS)),
        Column("state", _STATE, _("状态"), "badge", words=STATES, filters=one_of("state", _("状态"), STATES)),
    ),
)  # fmt: skip
NEW = ListedWork(Text("新的案款周报、不明款清单", "New reports of case money"), REPORTS, "state=new", SOON, "made_at",
                 permission="cases.lead")  # fmt: skip
UNSENT = ListedWork(Text("案款报表邮件未能发出", "Reports of case money that were not mailed"), REPORTS,
                    "state=new&mailed=failed", TODAY, "made_at", permission="cases.lead")  # fmt: skip


def what_waits(access: Access, at: datetime) -> list[WaitingWork]:
    """For who leads a court, until two days old."""
    return of_lists(access, at, NEW, UNSENT)


@allow("cases.view")
def court_report(request: HttpRequest, report_id: int) -> HttpResponse:
    """As it was filed; 404 outside the scope."""
    with plain_connection() as conn:
        found = conn.execute(_SQL["report"], (min(report_id, 2**62),)).fetchall()
    if not found or not access_of(request).scope.has_partner(found[0][0]):
        raise Http404
    _court, kind, day, body = found[0]
    return HttpResponse(bytes(body), content_type="application/pdf", headers={
        "Content-Disposition": f'inline; filename="{kind}-{day}.pdf"'})  # fmt: skip
