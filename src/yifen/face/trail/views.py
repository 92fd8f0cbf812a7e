"""The auditor's pages: one entry, the history of one thing."""

from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of
from yifen.core.audit import queries
from yifen.core.audit.queries import EntriesFound
from yifen.core.directory.models import Institution
from yifen.face import words
from yifen.face.trail import changes
from yifen.face.trail.listing import history_url
from yifen.face.trail.naming import term, thing

Shown = dict[str, Any]
TEXT_MAX = 500
HISTORY_MAX = 200


@allow("audit.view")
def audit_entry(request: HttpRequest, entry_no: int) -> HttpResponse:
    """One entry with all that it says."""
    access = access_of(request)
    asked = queries.TrailSearch(institutions=access.scope.institutions)
    found = []
    if entry_no < 2**62:
        found = queries.search(connection, asked, before_no=entry_no + 1, limit=1)
    if not found or found[0].entry_no != entry_no:
        raise Http404
    entry = found[0]
    return render(request, "console/audit_entry.html", {
        "breadcrumbs": [{"title": _("审计"), "url": reverse("audit")}, {"title": str(entry_no)}],
        "entry": entry,
        "facts": facts(entry),
        "changes": changes.changes(entry),
    })  # fmt: skip


@allow("audit.view")
def history(request: HttpRequest) -> HttpResponse:
    """Everything that was done to one thing: GET subject, key."""
    subject = request.GET.get("subject", "").replace("\x00", "")[:TEXT_MAX]
    key = request.GET.get("key", "").replace("\x00", "")[:TEXT_MAX]
    access = access_of(request)
    found = queries.history(connection, subject, key, HISTORY_MAX)
    rows = [row for row in found if in_scope(row, access)]
    return render(request, "console/history.html", {
        "breadcrumbs": [{"title": _("审计"), "url": reverse("audit")}, {"title": _("历史")}],
        "subject": term(subject),
        "key": thing(subject, key),
        "entries": [told(row) for row in rows],
        "cut_at": HISTORY_MAX if len(found) >= HISTORY_MAX else 0,
    })  # fmt: skip


def in_scope(row: EntriesFound, access: Access) -> bool:
    institutions = access.scope.institutions
    return institutions is None or row.institution_id in institutions


def told(row: EntriesFound) -> Shown:
    """An entry of a history."""
    return {"row": row, "action": words.badge(changes.ACTIONS, row.action),
            "changes": changes.changes(row)}  # fmt: skip


def facts(entry: EntriesFound) -> list[Shown]:
    """Who, when, from where, to what."""
    home = Institution.objects.filter(pk=entry.institution_id or 0).first()
    return [
        {"title": _("时间"), "kind": "time", "at": entry.at},
        {"title": _("动作"), **words.badge(changes.ACTIONS, entry.action)},
        {"title": _("对象"), "text": f"{term(entry.subject)} {thing(entry.subject, entry.subject_key)}",
         "url": history_url(entry)},
        {"title": _("经办"), "text": entry.actor or _("系统")},
        {"title": _("经办机构"), "text": home.name if home else None},
        {"title": _("来自"), "kind": "code", "text": entry.address or "—"},
        {"title": _("请求编号"), "kind": "code", "text": entry.request or "—"},
        {"title": _("数据库角色"), "kind": "code", "text": entry.db_role},
        {"title": _("备注"), "text": entry.note or None},
    ]  # fmt: skip
