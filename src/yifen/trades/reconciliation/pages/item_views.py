"""Differences: the work list, one of them, and what people do about it."""

from collections.abc import Callable
from typing import Any

import psycopg
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access import authorise
from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.models import Authorisation
from yifen.core.access.telling import say
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.core.jobs.defer import defer
from yifen.face import words as said
from yifen.face.plain import plain_connection
from yifen.trades.reconciliation import jobs
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.pages import item, item_telling, words
from yifen.trades.reconciliation.repair import operations
from yifen.trades.reconciliation.repair.words import ItemState, RepairAction

NOTE_MAX = 200
Connection = psycopg.Connection[Any]


@allow("reconciliation.view")
def difference(request: HttpRequest, item_id: int) -> HttpResponse:
    """One of them: both records, evidence, acts, and what may be done."""
    access, user = access_of(request), user_of(request)
    with plain_connection() as conn:
        found = item.find(request, conn, item_id)
    asked = release_asked(item_id)
    return render(request, "console/recon/item.html", {
        "breadcrumbs": [{"title": _("差异"), "url": reverse("differences")}, {"title": str(item_id)}],
        "found": found, "item": found.item, "more": found.more,
        "kind": said.badge(words.CLASSES, found.item.kind),
        "state": said.badge(words.STATES, found.item.state),
        "rows": item_telling.compared(found, access), "facts": item_telling.facts(found),
        "holdings": item_telling.holdings(found.holdings) if found.holdings else None,
        "related": item_telling.related(found.related) if found.related else None,
        "events": item_telling.events(found.acts, found.item.opened_at),
        "postings": item_telling.postings(found.postings) if found.postings else None,
        "payment_url": item_telling.payment_url(found, access),
        "choices": item_telling.choices(found) if found.item.state in
        (ItemState.OPEN, ItemState.WAITING) else [],
        "proposed": proposed(found) if found.item.state is ItemState.PROPOSED else None,
        "is_maker": (found.item.proposed_by or "").lower() == user.login.lower(),
        "is_owner": found.item.owner == user.login,
        "is_closed": found.item.state is ItemState.CLOSED,
        "release_asked": asked, "release_mine": bool(asked and asked.maker_id == user.pk),
    })  # fmt: skip


def proposed(found: item.ItemFound) -> dict[str, Any]:
    """What waits for the second person's word."""
    action = found.item.action
    assert action is not None
    return {"title": said.word(words.ACTIONS, action), "who": found.item.proposed_by,
            "consequence": item_telling.consequence(action, found.item, found.leg)}  # fmt: skip


def acting(request: HttpRequest, item_id: int, act: Callable[[Connection], str]) -> HttpResponse:
    """One act on an item in scope, told above its page."""
    with plain_connection() as conn:
        item.in_scope(request, conn, item_id)
        try:
            messages.success(request, act(conn))
        except Refused as refused:
            say(request, refused)
    return redirect("difference", item_id)


def note_of(request: HttpRequest) -> str:
    return request.POST.get("note", "").replace("\x00", "").strip()[:NOTE_MAX]


@allow("repair.propose")
@require_POST
def difference_own(request: HttpRequest, item_id: int) -> HttpResponse:
    """POST own=1: mine from now on; 0: nobody's."""
    login = user_of(request).login
    mine = request.POST.get("own") == "1"

    def act(conn: Connection) -> str:
        operations.own(conn, item_id, login if mine else "", login, now())
        return _("已认领，由您处理") if mine else _("已放回，无人处理")

    return acting(request, item_id, act)


@allow("repair.propose")
@require_POST
def difference_note(request: HttpRequest, item_id: int) -> HttpResponse:
    """POST note: a remark beside the item."""

    def act(conn: Connection) -> str:
        operations.note(conn, item_id, note_of(request), user_of(request).login, now())
        return _("备注已记下")

    return acting(request, item_id, act)


@allow("repair.propose")
@require_POST
def difference_propose(request: HttpRequest, item_id: int) -> HttpResponse:
    """POST action, note: for another person to decide."""

    def act(conn: Connection) -> str:
        operations.propose(conn, item_id, action_of(request), user_of(request).login,
                           note_of(request), now())  # fmt: skip
        return _("已提出，待另一人复核")

    return acting(request, item_id, act)


def action_of(request: HttpRequest) -> RepairAction:
    """Refused ACTION_NOT_POSSIBLE for a word that is none."""
    try:
        return RepairAction(request.POST.get("action", ""))
    except ValueError:
        raise Refused(RepairCode.ACTION_NOT_POSSIBLE, "action") from None


@allow("repair.approve")
@require_POST
def difference_decide(request: HttpRequest, item_id: int) -> HttpResponse:
    """POST granted=1|0: the second person's word; what is approved the night's process carries out."""
    login, granted = user_of(request).login, request.POST.get("granted") == "1"

    def act(conn: Connection) -> str:
        operations.decide(conn, item_id, granted, login, now(), note_of(request))
        if not granted:
            return _("已退回提出人")
        defer(jobs.REPAIR, items=[item_id], who=login)
        return _("已复核，已交夜间作业办理，刷新本页看结果")

    return acting(request, item_id, act)


def release_asked(item_id: int) -> Authorisation | None:
    """The open question whether what stands on suspense may be released."""
    return (Authorisation.objects.select_related("maker")
            .filter(action=jobs.RELEASE, subject_key=str(item_id), decided_at=None).first())  # fmt: skip


@allow("repair.propose")
@require_POST
def difference_release(request: HttpRequest, item_id: int) -> HttpResponse:
    """挂账销账: asked for by one person."""

    def act(conn: Connection) -> str:
        if not item.find(request, conn, item_id).can_release:
            raise Refused(RepairCode.ACTION_NOT_POSSIBLE, "item", str(item_id))
        authorise.ask(jobs.RELEASE, str(item_id), user_of(request), now(), note_of(request))
        return _("已申请挂账销账，待另一人复核")

    return acting(request, item_id, act)


@allow("repair.approve")
@require_POST
def difference_release_decide(request: HttpRequest, item_id: int) -> HttpResponse:
    """POST granted=1|0: decided by another; the night's process does it."""
    granted = request.POST.get("granted") == "1"

    def act(conn: Connection) -> str:
        asked = release_asked(item_id)
        if asked is None:
            raise Refused(Code.AUTHORISATION_USED)
        with transaction.atomic():
            row = authorise.decide(asked, access_of(request), granted, now())
            if granted:
                defer(jobs.RELEASE, authorisation_id=row.pk)
        if not granted:
            return _("已退回申请")
        return _("已复核，已交夜间作业销账，刷新本页看结果")

    return acting(request, item_id, act)
