"""Entries of the ledger 分录 that a search finds by their number: as what they moved, where one may see it."""

from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse

from yifen.core.access.edge import Access
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.plug import Text
from yifen.core.facts.sqlfiles import queries
from yifen.face import words
from yifen.face.ledger.accounts import ACCOUNTS
from yifen.face.lists.selecting import in_scope, params_of
from yifen.face.search.asked import Question
from yifen.face.search.hits import Hit

KIND = Text("分录", "Ledger entries")
_ENTRY = queries(__package__)["entry"].format(account=ACCOUNTS.scope, payment=in_scope("y.channel_id", "y.biller_id"))


class EntrySought(NamedTuple):
    """What it moved; the account of it, and the payment that it belongs to, where they are in scope."""

    amount_fen: int
    business_day: date
    debit: str
    credit: str
    account_id: int | None
    payment_id: int | None

    def url(self, access: Access) -> str:
        """The payment's page, else the account's statement of the day; empty: neither is to be seen."""
        if self.payment_id and access.may("payments.view"):
            return reverse("payment", args=[self.payment_id])
        if self.account_id and access.may(ACCOUNTS.permission):
            days = urlencode({"since": self.business_day, "until": self.business_day})
            return reverse("account", args=[self.account_id]) + f"?{days}"
        return ""


def found(access: Access, asked: Question, now: datetime) -> list[Hit]:
    """One at the most; none that leads nowhere."""
    if asked.entry is None or not (access.may(ACCOUNTS.permission) or access.may("payments.view")):
        return []
    with connection.cursor() as cursor:
        cursor.execute(_ENTRY, params_of(access, now) | dict(zip(("bucket", "entry_no"), asked.entry, strict=True)))
        rows = [EntrySought(*row) for row in cursor.fetchall()]
    return [Hit(KIND, "-".join(map(str, asked.entry)), _said(row), url, exact=True)
            for row in rows if (url := row.url(access))]  # fmt: skip


def _said(row: EntrySought) -> str:
    accounts = f"{words.account(row.debit)} → {words.account(row.credit)}"
    return " · ".join((f"¥{grouped_yuan(row.amount_fen)}", accounts, row.business_day.isoformat()))
