"""Payments that a search finds: by any of their numbers, or by the amount on the last days."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db import connection
from django.http import QueryDict
from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.money import format_yuan
from yifen.core.facts.plug import Text
from yifen.face import scope, words
from yifen.face.lists import showing
from yifen.face.lists.paging import TooMuch, bounded, page
from yifen.face.masking import account_shown
from yifen.face.payments.listing import PAYMENTS, payment_url
from yifen.face.search.asked import Question
from yifen.face.search.hits import HITS_MAX, SECONDS_MAX, Hit, known, too_long
from yifen.hub.payments import lookup
from yifen.hub.payments.lookup import PaymentRow

KIND = Text("缴费", "Payments")
DAYS = 3  # the open business day, and those before it in which an amount is looked for


def found(access: Access, asked: Question, now: datetime) -> list[Hit]:
    """A payment's own numbers name it; an account number and an amount are of many."""
    if not access.may("payments.view"):
        return []
    hits: list[Hit] = []
    try:
        with bounded(SECONDS_MAX), connection.cursor() as cursor:
            rows = lookup.find(cursor, scope.buckets(), asked.text, access.scope.partners)
    except TooMuch:
        return [too_long(KIND)]
    for row in rows:
        hit = _hit(row.payment, access, row.by != "account")
        hits += [] if known(hits, hit) else [hit]
    return hits + _of_amount(access, asked, now)


def _of_amount(access: Access, asked: Question, now: datetime) -> list[Hit]:
    """Those of the last days, and the way to their list, where other days are chosen."""
    if not asked.fen:
        return []
    day, yuan = scope.business_day(access.scope, now), format_yuan(asked.fen)
    query = urlencode({"since": day - timedelta(days=DAYS - 1), "until": day, "amount_min": yuan, "amount_max": yuan})
    form = PAYMENTS.form(QueryDict(query), access, now)
    if not form.is_valid():
        return []
    kind = Text(f"最近 {DAYS} 天金额 {grouped_yuan(asked.fen)} 元的缴费",
                f"Payments of {grouped_yuan(asked.fen)} yuan in the last {DAYS} days")  # fmt: skip
    ask = showing.ask_of(PAYMENTS, QueryDict(query), access, form)
    try:
        with bounded(SECONDS_MAX):
            rows = page(PAYMENTS, ask._replace(limit=HITS_MAX)).rows
    except TooMuch:
        return [too_long(kind)]
    more = Hit(kind, "…", "", f"{reverse('payments')}?{query}")
    return [*(_hit(row, access, False)._replace(kind=kind) for row in rows), *([more] if rows else [])]


def _hit(row: PaymentRow, access: Access, exact: bool) -> Hit:
    note = (f"¥{grouped_yuan(row.amount_fen)}", row.biller_name, account_shown(access, row.account_no),
            row.business_day.isoformat(), words.word(words.PAYER_STATES, row.payer_state),
            words.word(words.BILLER_STATES, row.biller_state))  # fmt: skip
    return Hit(KIND, str(row.payment_id), " · ".join(map(str, note)), payment_url(row, access), exact)
