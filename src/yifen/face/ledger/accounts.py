"""The ledger's accounts in scope: a biller's transit account, a channel's clearing accounts, those of trades."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import plugs
from yifen.face import scope, words
from yifen.face.lists.asking import chosen, one_of, search
from yifen.face.lists.listing import Column, Listing, Row
from yifen.face.lists.selecting import one

_SQL = queries(__package__)
SIGN = "CASE WHEN a.side IN ('asset', 'expense') THEN 1 ELSE -1 END"  # 1: debits raise the balance


def account_url(row: Row, access: Access) -> str:
    return reverse("account", args=[row.account_id])


def books(access: Access) -> list[tuple[int, str]]:
    return [(book.id, book.label) for book in scope.books()]


def found_account(access: Access, account_id: int) -> Row:
    """404 outside the scope."""
    found = one(ACCOUNTS, access, account_id)
    if found is None:
        raise Http404
    return found


ACCOUNTS = Listing(
    name="accounts",
    title=_("账户"),
    note=_("总账账户与当前余额；余额为各分桶之和，预占另计。"),
    empty=_("没有符合条件的账户"),
    permission="ledger.view",
    export="ledger.export",
    route="accounts/",
    source=_SQL["accounts"],
    scope=_SQL["account_in_scope"].format(kinds=", ".join(
        f"'{one.kind}'" for plug in plugs() for one in plug.accounts if one.theirs)),
    key="a.account_id",
    default="code",
    opens=account_url,
    filters=(
        *search("q", _("科目账号或名称"), "(starts_with(a.code, %(q)s) OR strpos(a.name, %(q)s) > 0)"),
        *chosen("book", _("账簿"), "a.book_id = %(book)s", books),
    ),
    columns=(
        Column("book_name", "k.name", _("账簿")),
        Column("code", "a.code", _("科目账号"), "code", order="up", url=account_url),
        Column("name", "a.name", _("名称"), order="up", value=lambda r, a: words.account(r.name)),
        Column("side", "a.side", _("性质"), words=words.SIDES, filters=one_of("side", _("性质"), words.SIDES)),
        Column("debit_posted_fen", "s.debit_posted", _("借方累计"), "amount", sums=False),
        Column("credit_posted_fen", "s.credit_posted", _("贷方累计"), "amount", sums=False),
        Column("pending_fen", f"{SIGN} * (s.debit_pending - s.credit_pending)", _("预占"), "amount",
               sums=False),
        Column("balance_fen", f"{SIGN} * (s.debit_posted - s.credit_posted)", _("余额"), "amount",
               sums=False),
    ),
    reads={"account_id": "a.account_id", "book_id": "k.book_id", "current_day": "k.current_day", "sign": SIGN},
)  # fmt: skip
