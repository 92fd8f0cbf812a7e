"""Settlements and payouts: one of each, a question to the bank."""

import json
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import access_of, key_ring_of, now
from yifen.core.access.second import open_proposal
from yifen.core.facts.sqlfiles import queries
from yifen.core.jobs.defer import defer
from yifen.face import words as said
from yifen.face.lists.listing import Row
from yifen.face.lists.selecting import one
from yifen.face.masking import account_shown
from yifen.face.plain import plain_connection
from yifen.trades.settlement import accounts
from yifen.trades.settlement.jobs import ASK
from yifen.trades.settlement.models import Agreement
from yifen.trades.settlement.operations.agreements import terms_of
from yifen.trades.settlement.operations.deciding import AGAIN, MARK
from yifen.trades.settlement.pages import quoting, words
from yifen.trades.settlement.pages.forms import MarkForm
from yifen.trades.settlement.pages.payouts_list import PAYOUTS
from yifen.trades.settlement.pages.settled_list import SETTLEMENTS
from yifen.trades.settlement.port import port_of
from yifen.trades.settlement.rules import quote

Shown = dict[str, Any]
_SQL = queries(__package__)


@allow("settlement.view")
def settlement(request: HttpRequest, number: int) -> HttpResponse:
    """One biller's day: due, moved, carried, its commission tier by tier, its parts."""
    row = one(SETTLEMENTS, access_of(request), number)
    if row is None:
        raise Http404
    return render(request, "console/settle/settlement.html", {
        "breadcrumbs": [{"title": pgettext("list", "结算"), "url": reverse("settlements")},
                        {"title": f"{row.biller_code} {row.business_day}"}],
        "row": row, "mode": said.word(words.MODES, row.mode), "parts": parts(row),
        "commissions": commissions(row),
        "payouts_url": reverse("payouts") + f"?biller={row.biller_id}&since={row.payout_on}"
        f"&until={row.payout_on}" if row.payout_on else "",
    })  # fmt: skip


def parts(row: Row) -> list[Shown]:
    """Who got which part of it."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["parts"], [-row.number])
        return [{"who": f"{code} {name}", "reason": said.word(words.REASONS, reason),
                 "amount_fen": fen, "payout_on": day}
                for code, name, reason, fen, day in cursor.fetchall()]  # fmt: skip


def commissions(row: Row) -> list[Shown]:
    """What was charged of the day, with the tiers of the agreement that was in force."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["commissions"], [row.biller_id, row.business_day])
        found = cursor.fetchall()
    agreement = in_force(row.biller_id, row.business_day)
    return [
        {"reason": said.word(words.COMMISSIONS, reason), "fee_fen": fee, "period_fen": period,
         "mode": said.word(words.MODES, mode),
         "quote": quoting.shown(terms_of(agreement), quote(terms_of(agreement), measure,
                                                           reason == "true_up")) if agreement else None}
        for reason, measure, fee, period, mode in found
    ]  # fmt: skip


def in_force(biller_id: int, day: date) -> Agreement | None:
    """The newest agreement that had begun."""
    rows = Agreement.objects.filter(biller=biller_id, valid_from__lte=day)
    return rows.order_by("-valid_from").first()


@allow("settlement.view")
def payout(request: HttpRequest, number: int) -> HttpResponse:
    """One payout: to whom, where it stands, what happened."""
    access, row = access_of(request), found_payout(request, number)
    to = json.loads(row.payee)  # as it was when the payout was instructed
    return render(request, "console/settle/payout.html", {
        "breadcrumbs": [{"title": _("划付"), "url": reverse("payouts")}, {"title": row.reference}],
        "row": row, "state": said.badge(words.PAYOUT_STATES, row.state),
        "to": to, "account_no": account_shown(access, accounts.shown(to.get("account_no"))),
        "events": events(number),
        "may_ask": row.state != "instructed" and row.file_no is None,
        "marking": MarkForm() if row.state in ("sent", "unknown", "done") else None,
        "waiting": open_proposal(MARK, row.reference) or open_proposal(AGAIN, row.biller_code),
    })  # fmt: skip


def events(number: int) -> list[Shown]:
    """What happened to a payout, from the instruction on."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["payout_events"], [-number])
        return [{"title": said.word(words.PAYOUT_STATES, state), "at": at, "note": note,
                 "tone": said.tone(words.PAYOUT_STATES, state)}
                for at, state, note in cursor.fetchall()]  # fmt: skip


def found_payout(request: HttpRequest, number: int) -> Row:
    """404 outside the scope."""
    row = one(PAYOUTS, access_of(request), number)
    if row is None:
        raise Http404
    return row


@allow("payouts.approve")
@require_POST
def payout_ask(request: HttpRequest, number: int) -> HttpResponse:
    """The night is to ask the bank what became of it. What the bank never saw is sent once more."""
    row = found_payout(request, number)
    with plain_connection() as conn:
        port = port_of(conn, key_ring_of(request), row.bank_id, now)
    if port is None:
        messages.warning(request, _("这家银行没有接口，请按银行回单核对"))
    else:
        defer(ASK, document_id=-row.number, bank_id=row.bank_id)
        messages.success(request, _("已交夜间作业问银行，刷新本页看结果"))
    return redirect("payout", number)
