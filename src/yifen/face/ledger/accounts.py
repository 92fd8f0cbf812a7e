"""The ledger's accounts in scope: a biller's transit account, a channel's clearing accounts."""

from datetime import date

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from yifen.core.access.edge import Access
from yifen.core.access.scope import Scope
from yifen.face import scope, words
from yifen.face.lists import keys
from yifen.face.lists.filters import ChosenField, Filters, SearchField, WordField
from yifen.face.lists.listing import Ask, Column, Listing, Select

IN_SCOPE = """(%(all)s OR a.account_id IN (
    SELECT transit_id FROM biller WHERE partner_id = ANY (%(partners)s::integer[])
    UNION ALL
    SELECT clearing_id FROM admission WHERE channel_id = ANY (%(partners)s::integer[])))"""
SELECT = """
SELECT a.account_id, k.book_id, k.code, k.name, k.current_day, a.code, a.name, a.side, a.closed,
    s.debit_pending, s.debit_posted, s.credit_pending, s.credit_posted
FROM ledger_account a JOIN ledger_book k ON k.book_id = a.book_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(b.debit_pending_fen), 0)::bigint, coalesce(sum(b.debit_posted_fen), 0)::bigint,
        coalesce(sum(b.credit_pending_fen), 0)::bigint, coalesce(sum(b.credit_posted_fen), 0)::bigint
    FROM ledger_head h JOIN ledger_balance b ON b.bucket = h.bucket AND b.account_id = a.account_id
) s (debit_pending, debit_posted, credit_pending, credit_posted)"""
DEBIT_SIDES = frozenset({"asset", "expense"})


class Account(Struct, frozen=True):
    """An account with what stands on it, over all buckets, in fen."""

    account_id: int
    book_id: int
    book_code: str
    book_name: str
    current_day: date
    code: str
    name: str
    side: str
    closed: bool
    debit_pending_fen: int
    debit_posted_fen: int
    credit_pending_fen: int
    credit_posted_fen: int

    @property
    def sign(self) -> int:
        """1 when debits raise its balance, else -1."""
        return 1 if self.side in DEBIT_SIDES else -1

    @property
    def balance_fen(self) -> int:
        return self.sign * (self.debit_posted_fen - self.credit_posted_fen)

    @property
    def pending_fen(self) -> int:
        """What is held 预占, on the side on which the balance would grow."""
        return self.sign * (self.debit_pending_fen - self.credit_pending_fen)


class AccountFilters(Filters):
    """By number or name, book and side."""

    q = SearchField(_("科目账号或名称"))
    book = ChosenField(_("账簿"))
    side = WordField(_("性质"), words.choices(words.SIDES))

    def arrange(self) -> None:
        found = [(book_id, f"{code} {name}") for book_id, code, name in scope.books()]
        self.fields["book"].choices = [("", _("全部")), *found]  # type: ignore[attr-defined]


def select(ask: Ask) -> Select:
    """The accounts that are asked for."""
    where, params = [IN_SCOPE], scope.params(ask.access.scope)
    if ask.filters["q"]:
        where.append("(starts_with(a.code, %(q)s) OR strpos(a.name, %(q)s) > 0)")
    if ask.filters["book"] is not None:
        where.append("a.book_id = %(book)s")
    if ask.filters["side"]:
        where.append("a.side = %(side)s")
    return Select(SELECT, where, params | ask.filters)


def one(account_id: int, found: Scope) -> Account | None:
    """An account in scope."""
    statement = f"{SELECT} WHERE a.account_id = %(account_id)s AND {IN_SCOPE}"
    if account_id >= 2**31:
        return None
    with connection.cursor() as cursor:
        cursor.execute(statement, scope.params(found) | {"account_id": account_id})
        row = cursor.fetchone()
    return Account(*row) if row else None


def account_url(row: Account, access: Access) -> str:
    return reverse("account", args=[row.account_id])


ACCOUNTS = Listing(
    name="accounts",
    title=_("账户"),
    note=_("总账账户与当前余额；余额为各分桶之和，预占另计。"),
    empty=_("没有符合条件的账户"),
    form=AccountFilters,
    orders={
        "code": keys.order(("a.code",), lambda row: (row.code,), keys.text, descending=False),
        "name": keys.order(("a.name", "a.code"), lambda row: (row.name, row.code), keys.text,
                           keys.text, descending=False),
    },
    select=select,
    row=Account,
    permission="ledger.view",
    export="ledger.export",
    columns=(
        Column(title=_("账簿"), value=lambda r, a: r.book_name),
        Column(title=_("科目账号"), kind="code", order="code", value=lambda r, a: r.code, url=account_url),
        Column(title=_("名称"), order="name", value=lambda r, a: r.name),
        Column(title=_("性质"), value=lambda r, a: words.word(words.SIDES, r.side)),
        Column(title=_("借方累计"), kind="amount", value=lambda r, a: r.debit_posted_fen),
        Column(title=_("贷方累计"), kind="amount", value=lambda r, a: r.credit_posted_fen),
        Column(title=_("预占"), kind="amount", value=lambda r, a: r.pending_fen),
        Column(title=_("余额"), kind="amount", value=lambda r, a: r.balance_fen),
    ),
)  # fmt: skip
