"""The list of payouts 划付: money sent on to billers."""

import json
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from yifen.core.access.edge import Access
from yifen.core.access.scope import Scope
from yifen.face import scope
from yifen.face import words as said
from yifen.face.lists import keys
from yifen.face.lists.filters import WordField
from yifen.face.lists.listing import Ask, Column, Listing, Select
from yifen.trades.settlement.pages import words
from yifen.trades.settlement.pages.settled_list import DayFilters

IN_SCOPE = "(%(all)s OR y.biller_id = ANY (%(partners)s::integer[]))"
SELECT = """
SELECT -y.document_id, y.reference, y.biller_id, p.code, p.name, b.code, y.bank_id, y.due_on,
    y.amount_fen, y.payee::text, y.state::text, y.tries, y.resent, y.ask_at, y.file_no, y.bank_serial,
    y.reason, y.instructed_at, y.changed_at
FROM payout y JOIN partner p ON p.id = y.biller_id JOIN partner b ON b.id = y.bank_id"""
_EVENTS = "SELECT at, state::text, note FROM payout_event WHERE document_id = %s ORDER BY event_id"


class Payout(Struct, frozen=True):
    """One payout; `number` is its document's without the sign, `payee` as it was when instructed."""

    number: int
    reference: str
    biller_id: int
    biller_code: str
    biller_name: str
    bank: str
    bank_id: int
    due_on: date
    amount_fen: int
    payee: str
    state: str
    tries: int
    resent: bool
    ask_at: datetime | None
    file_no: int | None
    bank_serial: str | None
    reason: str | None
    instructed_at: datetime
    changed_at: datetime

    @property
    def to(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.payee)
        return found


class Event(NamedTuple):
    """A state that a payout came into."""

    at: datetime
    state: str
    note: str


class PayoutFilters(DayFilters):
    """A biller, a state, a period of due days."""

    state = WordField(_("状态"), said.choices(words.PAYOUT_STATES))
    field_order = ("biller", "state", "since", "until")


def select(ask: Ask) -> Select:
    """The payouts in scope."""
    where, asked = [IN_SCOPE], ask.filters
    if asked["biller"] is not None:
        where.append("y.biller_id = %(biller)s")
    if asked["state"]:
        where.append("y.state = %(state)s::payout_state")
    if asked["since"]:
        where.append("y.due_on >= %(since)s")
    if asked["until"]:
        where.append("y.due_on <= %(until)s")
    return Select(SELECT, where, scope.params(ask.access.scope) | asked)


def one(found: Scope, number: int) -> Payout | None:
    """A payout in scope."""
    if number >= 2**63:
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"{SELECT} WHERE y.document_id = %(document)s AND {IN_SCOPE}",
                       scope.params(found) | {"document": -number})  # fmt: skip
        row = cursor.fetchone()
    return Payout(*row) if row else None


def events(number: int) -> list[Event]:
    """From the instruction on."""
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [-number])
        return [Event(*row) for row in cursor.fetchall()]


def payout_url(row: Payout, access: Access) -> str:
    return reverse("payout", args=[row.number])


PAYOUTS = Listing(
    name="payouts",
    title=_("划付"),
    empty=_("没有划付"),
    empty_note=_("结算后按协议的 T+N 工作日划付到收款账户。"),
    form=PayoutFilters,
    orders={
        "due": keys.order(("y.due_on", "-y.document_id"), lambda row: (row.due_on, row.number),
                          keys.day, keys.whole),
        "amount": keys.order(("y.amount_fen", "-y.document_id"),
                             lambda row: (row.amount_fen, row.number), keys.whole, keys.whole),
    },
    select=select,
    row=Payout,
    permission="settlement.view",
    export="payments.export",
    columns=(
        Column(title=_("端到端参考号"), kind="code", value=lambda r, a: r.reference, url=payout_url),
        Column(title=_("收费单位"), value=lambda r, a: f"{r.biller_code} {r.biller_name}"),
        Column(title=_("银行"), kind="code", value=lambda r, a: r.bank),
        Column(title=_("划付日"), kind="day", order="due", value=lambda r, a: r.due_on),
        Column(title=_("金额（元）"), kind="amount", order="amount", value=lambda r, a: r.amount_fen),
        Column(title=_("状态"), kind="badge", value=lambda r, a: said.word(words.PAYOUT_STATES, r.state),
               tone=lambda r: said.tone(words.PAYOUT_STATES, r.state)),
        Column(title=_("原因"), value=lambda r, a: r.reason),
        Column(title=_("银行流水号"), kind="code", value=lambda r, a: r.bank_serial),
        Column(title=_("更新时间"), kind="time", value=lambda r, a: r.changed_at),
    ),
)  # fmt: skip
