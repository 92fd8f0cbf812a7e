"""渠道种类与限额: every kind of channel with what binds it, what it did today, and its channels; two people change
what binds it."""

from collections import defaultdict
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from yifen.core.access import edge, second
from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of
from yifen.core.access.fields import YuanField
from yifen.core.access.telling import put
from yifen.core.facts.money import format_yuan
from yifen.core.facts.pgarrays import numbers
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import ChannelKind, ChannelKindRule
from yifen.face import asking
from yifen.face.forms import time_input
from yifen.hub.payments.figures.reading import totals
from yifen.trades.onboarding.operations import kind_rules

_SQL = queries(__package__)
_CHANNELS, _ELSEWHERE, _DAYS = _SQL["kind_channels"], _SQL["kinds_elsewhere"], _SQL["open_days"]
NO_RULE: dict[str, Any] = dict.fromkeys(kind_rules.FIELDS)
FEES_MAX = 3  # that are told one by one


class KindChannel(NamedTuple):
    """A channel of a kind, and for which billers it collects."""

    book_id: int
    kind: str
    id: int
    code: str
    name: str
    suspended: bool
    billers: list[int]


class KindForm(forms.Form):
    """What binds all channels of a kind; empty: nothing does."""

    payment_fen_max = YuanField(label=_("单笔限额（元）"), required=False)
    day_fen_max = YuanField(label=_("当日限额（元）"), required=False, help_text=_("每一条渠道各自的，不是合计"))
    opens_at = forms.TimeField(label=_("服务开始"), required=False, widget=time_input())
    closes_at = forms.TimeField(label=_("服务结束"), required=False, widget=time_input(),
                                help_text=_("早于服务开始即为跨零点"))  # fmt: skip


@allow("partners.view")
def channel_kinds(request: HttpRequest) -> HttpResponse:
    """Every kind of every book, of the channels in scope."""
    access = access_of(request)
    may_edit = access.may("channels.rules") and access.scope.institutions is None
    return render(request, "console/partners/kinds.html", {"books": shown(access), "may_edit": may_edit})


@allow("channels.rules")
def channel_kind(request: HttpRequest, book_id: int, kind: str) -> HttpResponse:
    """What binds a kind; POST proposes it otherwise."""
    access = access_of(request)
    books = {number: title for number, title, _day in open_days(access)}
    if kind not in ChannelKind.values or book_id not in books or access.scope.institutions is not None:
        raise Http404
    before = kind_rules.rule_of(book_id, kind)
    limits = {name: format_yuan(before[name]) for name in kind_rules.LIMITS if before[name]}
    form = KindForm(request.POST or None, initial=before | limits)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("proposal", kind_rules.change(access, book_id, kind, form.cleaned_data, edge.now()).pk)
        except Refused as refused:
            put(request, form, refused)
    return render(request, "console/partners/kind.html", {
        "form": form, "kind": ChannelKind(kind).label, "book": books[book_id],
        "waiting": second.open_proposal(kind_rules.ACT, f"{book_id} {kind}"),
    })  # fmt: skip


def shown(access: Access) -> list[dict[str, Any]]:
    """Books, each with a line a kind."""
    channels = defaultdict(list)
    for channel in kind_channels(access):
        channels[channel.book_id, channel.kind].append(channel)
    rules: dict[tuple[int, str], Any] = {(row["book_id"], row["kind"]): row for row in ChannelKindRule.objects.values()}
    found, others = [], elsewhere(access)
    for book_id, title, day in open_days(access):
        paid, prices = today(access, day), fees(access, day)
        lines = [line(kind, channels[book_id, kind], rules.get((book_id, kind), NO_RULE), paid, prices)
                 | {"elsewhere": others.get((book_id, kind), 0)}
                 for kind in ChannelKind.values]  # fmt: skip
        found.append({"id": book_id, "title": title, "day": day, "lines": lines})
    return found


def line(
    kind: str, channels: list[KindChannel], rule: Any, paid: dict[int, tuple[int, int]],
    prices: dict[int, str],
) -> dict[str, Any]:  # fmt: skip
    """One kind: its channels, their billers and what those pay, what was paid through them today."""
    billers = {biller for channel in channels for biller in channel.billers}
    fees = sorted({prices[biller] for biller in billers if prices.get(biller)})
    done = [paid[channel.id] for channel in channels if channel.id in paid]
    return {
        "kind": kind, "title": ChannelKind(kind).label, "channels": channels, "billers": len(billers), "rule": rule,
        "fees": fees[:FEES_MAX], "more_fees": max(len(fees) - FEES_MAX, 0),
        "payments": sum(count for count, _fen in done), "amount_fen": sum(fen for _count, fen in done),
    }  # fmt: skip


def today(access: Access, day: date) -> dict[int, tuple[int, int]]:
    """Payments booked on the business day and their fen, by channel."""
    with connection.cursor() as cursor:
        found = totals(cursor, ("channel",), day, day, access.scope.partners)
    return {row.key[0]: (row.payments, row.amount_fen) for row in found}


def fees(access: Access, day: date) -> dict[int, str]:
    """What billers in scope pay for the service, by biller, for who may read their agreements."""
    if not access.may("settlement.view"):
        return {}
    told: list[tuple[int, str]] = asking.answers("biller_fees", lambda said: (0, said), day)
    return {biller: price for biller, price in told if access.scope.has_partner(biller)}


def kind_channels(access: Access) -> list[KindChannel]:
    """Those in scope, by code; none of the sandbox."""
    partners = access.scope.partners
    with connection.cursor() as cursor:
        cursor.execute(_CHANNELS, {"all": partners is None, "partners": numbers(partners or ())})
        return [KindChannel(*row) for row in cursor.fetchall()]


def elsewhere(access: Access) -> dict[tuple[int, str], int]:
    """By book and kind, how many channels out of scope collect for billers in scope."""
    with connection.cursor() as cursor:
        cursor.execute(_ELSEWHERE, {"partners": numbers(access.scope.partners or ())})
        return {(book_id, kind): count for book_id, kind, count in cursor.fetchall()}


def open_days(access: Access) -> list[tuple[int, str, date]]:
    """Real books with a partner in scope, with their open business day."""
    partners = access.scope.partners
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, {"all": partners is None, "partners": numbers(partners or ())})
        return list(cursor.fetchall())
