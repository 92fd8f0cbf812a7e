"""Payers 缴费户 that a search finds, by account number in any writing or by the beginning of the name; and payables
应缴项, by their own number."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from yifen.core.access.edge import Access
from yifen.core.access.sealing import ring
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.masking import masked_name
from yifen.core.facts.pgarrays import numbers, texts
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Biller
from yifen.face.lists.paging import TooMuch, bounded
from yifen.face.masking import account_shown
from yifen.face.payables.payers_list import scope_of
from yifen.face.payables.queries import accounts_named
from yifen.face.scope import buckets
from yifen.face.search.asked import Question
from yifen.face.search.hits import HITS_MAX, SECONDS_MAX, Hit, too_long
from yifen.hub.payments.names import MARKED, opened_name

KIND, BILL = Text("缴费户", "Payers"), Text("应缴项", "Payables")
NAME_BILLERS_MAX = 3  # names are sealed biller by biller; who has more of them chooses one
_SQL = queries(__package__)


def found(access: Access, asked: Question, now: datetime) -> list[Hit]:
    """Of the billers that the list of payers offers who asks."""
    if not access.may("payables.view") or not asked.plain:
        return []
    billers = _billers(access)
    pairs = [(biller, form) for biller in billers for form in asked.forms]
    hits = _bounded(KIND, lambda: _hits(access, pairs, exact=True))
    hits += _bounded(BILL, lambda: _of_ref(access, billers, asked.text))
    return hits or _bounded(KIND, lambda: _named(access, billers, asked.text))


def _bounded(kind: Text, find: Callable[[], list[Hit]]) -> list[Hit]:
    """Each on its own: a number that a great many bills have hides no payer."""
    try:
        with bounded(SECONDS_MAX):
            return find()
    except TooMuch:
        return [too_long(kind)]


def _billers(access: Access) -> list[int]:
    """Real ones in scope; a teller's are also those above his branch."""
    partners, real = scope_of(access).partners, Biller.objects.exclude(pk__in=access.scope.sandboxes)
    return list((real if partners is None else real.filter(pk__in=partners)).values_list("pk", flat=True))


def _of_ref(access: Access, billers: list[int], ref: str) -> list[Hit]:
    """Payables by the biller's own number of them; several payers may have the same."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["payables_by_ref"], {"ref": ref, "billers": numbers(billers), "most": HITS_MAX})
        rows = cursor.fetchall()
    return [Hit(BILL, ref, " · ".join((title, f"¥{grouped_yuan(fen)}", account_shown(access, account), of)),
                reverse("payable", args=[payable]), exact=True)
            for payable, title, fen, account, of in rows]  # fmt: skip


def _named(access: Access, billers: list[int], start: str) -> list[Hit]:
    """Payers whose names begin so; nobody's name holds a digit."""
    if len(start) < MARKED or any(letter.isdigit() for letter in start):
        return []
    if len(billers) > NAME_BILLERS_MAX:
        return [Hit(KIND, _("按户名查，请先选收费单位"), "", reverse("payables") + "?" + urlencode({"name": start}))]
    pairs = [(biller, account) for biller in billers
             for account in accounts_named(biller, start, range(buckets()))[:HITS_MAX]]  # fmt: skip
    return _hits(access, pairs, exact=False)


def _hits(access: Access, pairs: list[tuple[int, str]], exact: bool) -> list[Hit]:
    params: dict[str, Any] = {
        "homes": numbers(account_bucket(biller, account, buckets()) for biller, account in pairs),
        "billers": numbers(biller for biller, account in pairs),
        "accounts": texts(account for biller, account in pairs),
        "most": HITS_MAX,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SQL["payers_by_account"], params)
        rows = cursor.fetchall()
    return [_hit(access, row, exact) for row in rows]


def _hit(access: Access, row: tuple[Any, ...], exact: bool) -> Hit:
    biller, account, name, of, payable = row
    shown = masked_name(opened_name(ring(), biller, account, name))
    return Hit(KIND, account_shown(access, account), f"{shown} · {of}",
               reverse("payer", args=[payable]) if payable else "", exact)  # fmt: skip
