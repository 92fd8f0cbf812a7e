"""One proposal: what it changes, who made it, and the second person's word, here or in his own session."""

from typing import NamedTuple

from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access import second
from yifen.core.access.doors import allow, fresh
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.models import Authorisation
from yifen.core.access.roles import grants, role_text
from yifen.core.access.sealing import ring
from yifen.core.access.signin import signature_of
from yifen.core.access.telling import say, told, words
from yifen.core.directory.models import Institution
from yifen.core.facts.bank_accounts import opened_in
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Second, Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRingError
from yifen.core.facts.sqlfiles import queries
from yifen.face.forms import SignForm
from yifen.face.lists.selecting import one
from yifen.face.second.listing import PROPOSALS, STATES, subject_said
from yifen.face.words import badge

_SQL = queries(__package__)
SHOWN_MAX = 8


def found(access: Access, proposal: int) -> tuple[Authorisation, str]:
    """With its state, as the list has it. Http404 out of reach."""
    listed = one(PROPOSALS, access, proposal)
    if listed is None:
        raise Http404
    rows = Authorisation.objects.select_related("maker", "checker", "partner", "institution")
    return rows.get(pk=proposal), str(listed.state)


@allow("proposals.view")
def proposal(request: HttpRequest, number: int) -> HttpResponse:
    """What it changes, side by side; the buttons of who may decide or take it back."""
    access = access_of(request)
    row, state = found(access, number)
    is_open, why_not, as_shown, moved = row.decided_at is None, "", True, []
    if state == "lapsed":
        why_not = words(request, Refused(Code.PROPOSAL_LAPSED)) if is_open else ""
    elif is_open:
        try:
            as_shown = second.digest_now(row) == bytes(row.shown or b"")
            moved = [] if as_shown else second.moved(row)
        except Refused as refused:  # what it was about is gone: it can only be refused or withdrawn
            why_not = words(request, refused)
    act, subject = second.acts().get(row.action), subject_said(row.action, row.subject_key)
    return render(request, "console/second/proposal.html", {
        "breadcrumbs": [{"title": _("复核"), "url": reverse("proposals")}, {"title": subject}],
        "about": _about(act, row.subject_key),
        "row": row, "subject": subject, "title": told(act.title) if act else row.action, "why_not": why_not,
        "changes": _shown(second.was_shown(row)), "moved": _shown(moved),
        "state": badge(STATES, state),
        "seen": bytes(row.shown or b"").hex(), "is_open": is_open, "as_shown": as_shown,
        "is_mine": access.user is not None and row.maker_id == access.user.pk,
        "may_decide": is_open and may_decide(access, row), "signing": SignForm(),
        "deciders": deciders(access, row) if is_open else None,
    })  # fmt: skip


def _shown(changes: list[second.Change]) -> list[tuple[str, str | None, str | None, bool]]:
    """Title, before, after, whether these differ."""
    return [(told(c.title), _opened(c.before), _opened(c.after), c.before != c.after) for c in changes]


def _opened(said: second.Said) -> str | None:
    """In the reader's language; who decides where money goes sees the whole account, and what cannot be
    opened stays as it is."""
    text = told(said) if isinstance(said, Text) else said
    try:
        return None if text is None else opened_in(ring(), text)
    except KeyRingError:
        return text


def _about(act: Second | None, subject: str) -> str:
    """The page of its thing; "" where there is none, or the subject is no thing's."""
    try:
        return reverse(act.page, args=[subject]) if act and act.page else ""
    except NoReverseMatch:
        return ""


class Deciders(NamedTuple):
    """Whom a proposal waits for: roles, and of those who have one the people in the reader's reach, the first
    few by name; `more`: how many others he may know of; `elsewhere`: there are some out of his reach."""

    roles: list[str]
    people: list[tuple[str, str]]
    more: int
    elsewhere: bool


def deciders(access: Access, row: Authorisation) -> Deciders:
    """As the database will see it."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["deciders"], {"proposal": row.pk})
        found = cursor.fetchall()
    mine = [(name, login) for name, login, seat in found if access.scope.has_institution(seat)]
    act = second.acts().get(row.action)
    level = f"{Institution.Level(act.level).label} " if act and act.level else ""
    roles = [f"{level}{role_text(role)}" for role in grants()[act.decide].to] if act else []
    return Deciders(roles, mine[:SHOWN_MAX], len(mine[SHOWN_MAX:]), len(mine) < len(found))


def may_decide(access: Access, row: Authorisation) -> bool:
    """As the database will see it, so that no button lies."""
    assert access.user is not None
    with connection.cursor() as cursor:
        cursor.execute(_SQL["may_decide"], {"user_id": access.user.pk, "proposal": row.pk})
        return bool(cursor.fetchone()[0])


@allow("proposals.view")
@require_POST
@fresh
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """POST word=yes|no|withdraw|sign, seen, answer; for sign also the checker's password and code."""
    access = access_of(request)
    found(access, number)
    word, seen = request.POST.get("word", ""), request.POST.get("seen", "")
    answer = request.POST.get("answer", "")
    try:
        match word:
            case "withdraw":
                second.withdraw(access, number, now())
                messages.success(request, _("已撤回"))
            case "sign":
                _sign(request, number, seen, answer)
                messages.success(request, _("已同意，已生效"))
            case _:
                second.decide(access, number, seen=seen, yes=word == "yes", now=now(), answer=answer)
                messages.success(request, _("已同意，已生效") if word == "yes" else _("已退回"))
    except Refused as refused:
        say(request, refused)
    return redirect("proposal", number)


def _sign(request: HttpRequest, number: int, seen: str, answer: str) -> None:
    """The checker at the maker's screen. Not in a transaction: his failures are counted."""
    typed = request.POST
    signed = signature_of(request, typed.get("checker", ""), typed.get("checker_password", ""),
                          typed.get("checker_code", ""))  # fmt: skip
    second.sign(*signed, number, seen=seen, now=now(), answer=answer)
