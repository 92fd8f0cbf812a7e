"""Differences: the work list, one of them, and what people do about it."""

from collections.abc import Callable
from typing import Any

import psycopg
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, now, user_of
from yifen.core.access.second import open_proposal
from yifen.core.access.telling import say
from yifen.core.facts.refused import Refused
from yifen.face import words as said
from yifen.face.plain import plain_connection
from yifen.trades.reconciliation.codes import RepairCode
from yifen.trades.reconciliation.pages import item, item_telling, words
from yifen.trades.reconciliation.repair import deciding, operations
from yifen.trades.reconciliation.repair.words import ItemState, RepairAction

Connection = psycopg.Connection[Any]


@allow("reconciliation.view")
def difference(request: HttpRequest, item_id: int) -> HttpResponse:
    """One of them: both records, evidence, acts, and what may be done."""
    access, user = access_of(request), user_of(request)
    with plain_connection() as conn:
        found = item.find(request, conn, item_id)
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
        "waiting": open_proposal(deciding.ACT, str(item_id)) or open_proposal(deciding.RELEASE, str(item_id)),
        "held": said.word(words.HELD, found.step.why) if found.step.why else "",
        "is_owner": found.item.owner == user.login,
        "is_closed": found.item.state is ItemState.CLOSED,
    })  # fmt: skip


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
    return request.POST.get("note", "")


@allow("repair.propose")
@require_POST
def difference_own(request: HttpRequest, item_id: int) -> HttpResponse:
    """POST own=1: mine from now on; 0: nobody's."""
    session, mine = access_of(request).session, request.POST.get("own") == "1"

    def act(conn: Connection) -> str:
        operations.own(conn, item_id, session, mine, now())
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
def difference_outside(request: HttpRequest, item_id: int) -> HttpResponse:
    """POST note: the channel's number of the refund that it gave its payer."""
    session = access_of(request).session

    def act(conn: Connection) -> str:
        operations.given_outside(conn, item_id, session, note_of(request), now())
        return _("已记下渠道的退款编号")

    return acting(request, item_id, act)


@allow("repair.propose")
@require_POST
def difference_propose(request: HttpRequest, item_id: int) -> HttpResponse:
    """POST action, note: for another person to decide."""

    def act(conn: Connection) -> str:
        deciding.propose(access_of(request), item_id, action_of(request), note_of(request), now())
        return _("已提出，待另一人复核")

    return acting(request, item_id, act)


def action_of(request: HttpRequest) -> RepairAction:
    """Refused ACTION_NOT_POSSIBLE for a word that is none."""
    try:
        return RepairAction(request.POST.get("action", ""))
    except ValueError:
        raise Refused(RepairCode.ACTION_NOT_POSSIBLE, "action") from None


@allow("repair.propose")
@require_POST
def difference_release(request: HttpRequest, item_id: int) -> HttpResponse:
    """挂账销账: POST note; asked for by one person."""

    def act(conn: Connection) -> str:
        deciding.propose_release(access_of(request), item_id, note_of(request), now())
        return _("已申请挂账销账，待另一人复核")

    return acting(request, item_id, act)
