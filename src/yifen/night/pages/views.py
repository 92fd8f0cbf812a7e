"""Nights: the list, one of them, its signature, its statements."""

from datetime import date

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access import second
from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.roles import grants, role_text
from yifen.core.access.telling import language, say
from yifen.core.audit.record import act
from yifen.core.facts.reasons import REASON_MAX
from yifen.core.facts.refused import Refused
from yifen.face import gaps
from yifen.face.plain import plain_connection
from yifen.face.words import listed
from yifen.night import queries, signing
from yifen.night.pages import nights, telling
from yifen.night.pages.timeline import timeline
from yifen.night.reports.daily_proof import prove

FORMS = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@allow("day_end.view")
def day_end(request: HttpRequest, book_id: int, day: str) -> HttpResponse:
    """One night: its steps, why it waits, the proof, what partners were told."""
    scope, reader = access_of(request).scope, language(request)
    with plain_connection() as conn:
        run, book = nights.found(conn, scope, book_id, day)
        rows = queries.steps_of(conn, run.eod_id)
        told = queries.statements(conn, run.business_day, nights.partners(scope))
        is_cut = any(row.step == "cut" and row.state == "done" for row in rows)
        proof = prove(conn, book_id, run.business_day) if is_cut and book.whole else None
    lacks = gaps.in_scope(scope, book_id, run.business_day)
    closing = next((row for row in rows if row.step == "close"), None)
    return render(request, "console/eod/night.html", {
        "breadcrumbs": [{"title": _("日终"), "url": reverse("day_ends_run")},
                        {"title": f"{run.book} {run.business_day}"}],
        "run": run, "whole": book.whole,
        "gaps": gaps.shown(lacks, reader, scope, [book_id]),
        "state": telling.run_state(run, rows[-1].state if rows else None),
        "timeline": timeline(rows, reader),
        "steps": telling.steps(rows, reader, nights.institutions(scope), book.whole),
        "reasons": closing.reasons(reader, None if book.whole else nights.institutions(scope))
        if closing else [],
        "may_sign": closing is not None and closing.state == "waiting" and nights.signs(scope),
        "proof": proof, "accounts": telling.proof(proof) if proof else [], "told": told,
        "reason_max": REASON_MAX,
        "waiting": second.open_proposal(signing.ACT, signing.subject(book_id, run.business_day)),
        "proposers": who_may("day_end.propose"), "signers": who_may("day_end.sign"),
        **dict(zip(("top", "has_signer"), nights.signing_at(user_of(request).pk), strict=True)),
    })  # fmt: skip


def who_may(permission: str) -> str:
    """The roles that have it, in words."""
    return listed(role_text(role) for role in grants()[permission].to)


@allow("day_end.propose")
@require_POST
def day_end_sign(request: HttpRequest, book_id: int, day: str) -> HttpResponse:
    """POST reason: that the day is closed with unproved money, for another person to sign; only the top
    institution's people propose it."""
    with plain_connection() as conn:
        run, _book = nights.found(conn, access_of(request).scope, book_id, day)
    if not nights.signs(access_of(request).scope):
        raise Http404
    try:
        proposal = signing.propose(access_of(request), book_id, run.business_day,
                                   request.POST.get("reason", ""), now())  # fmt: skip
        return redirect("proposal", proposal.pk)
    except Refused as refused:
        say(request, refused)
    return redirect("day_end", book_id, day)


@allow("day_end.view")
def day_statement(request: HttpRequest, partner_id: int, day: str, form: str) -> HttpResponse:
    """A partner's statement of a day, the newest version, as the partner was told."""
    on = day_of(day)
    if not access_of(request).scope.has_partner(partner_id) or on is None or form not in FORMS:
        raise Http404
    with plain_connection() as conn:
        body = queries.statement_body(conn, partner_id, on, form) if partner_id < 2**31 else None
    if body is None:
        raise Http404
    act(connection, "download", "daily_statement", partner_id, note=f"{on} {form}")
    name = f"statement-{partner_id}-{on:%Y%m%d}.{form}"
    return HttpResponse(body, content_type=FORMS[form], headers={
        "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store",
    })  # fmt: skip
