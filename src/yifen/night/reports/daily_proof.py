"""The daily proof 每日试算 of a closed day: the trial balance, and what stands on every clearing,
transit and suspense account explained item by item, to the fen.

Balances come from what the cut kept; explanations from the documents: payments and what took them
back, channels' money that arrived, settlements, repairs. Whatever they do not explain shows as a
difference. All sums are made by the database, over all buckets.
"""

from datetime import date
from typing import Any

import psycopg
from msgspec import Struct

from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import called, plugs
from yifen.hub.night import ProofLine

_SQL = queries(__package__)
TRIAL, SINCE = _SQL["trial"], _SQL["since"]
CLEARING, TRANSIT, SUSPENSE = _SQL["clearing"], _SQL["transit"], _SQL["suspense"]


class Balance(Struct, frozen=True):
    """An account at the cut, in posted fen; `since_fen` is what the settlement and the repair of
    this day moved on it later, debit minus credit."""

    account_id: int
    code: str
    name: str
    side: str
    debit_fen: int
    credit_fen: int
    since_fen: int = 0

    @property
    def balance_fen(self) -> int:
        """What stands there, on the account's own side."""
        net = self.debit_fen - self.credit_fen
        return net if self.side in ("asset", "expense") else -net


class Explanation(Struct, frozen=True):
    """Part of a balance. `what`: arriving (a channel's day that is not at the bank), repair (a
    difference that stands on suspense), carried (left over by the last settlement), unsettled (a
    day's payments), settled (moved on since), suspense; `fen` on the account's own side."""

    account_id: int
    what: str
    day: date | None
    partner: str
    fen: int
    item_id: int | None = None
    age_days: int | None = None


class Explained(Struct, frozen=True):
    """An account and its explanation. `role`: clearing, transit, suspense or short."""

    account: Balance
    role: str
    lines: tuple[Explanation, ...]

    @property
    def explained_fen(self) -> int:
        return sum(line.fen for line in self.lines)

    @property
    def difference_fen(self) -> int:
        """Zero, or nobody knows whose money this is."""
        return self.account.balance_fen - self.explained_fen


class Proof(Struct, frozen=True):
    """Of one book and day."""

    book_id: int
    day: date
    balances: tuple[Balance, ...]
    accounts: tuple[Explained, ...]

    @property
    def off_fen(self) -> int:
        """Debits minus credits over all accounts: zero, or the books are broken."""
        return sum(row.debit_fen - row.credit_fen for row in self.balances)

    @property
    def unexplained(self) -> tuple[Explained, ...]:
        return tuple(account for account in self.accounts if account.difference_fen)

    @property
    def holds(self) -> bool:
        return not self.off_fen and not self.unexplained


def prove(conn: psycopg.Connection[Any], book_id: int, day: date) -> Proof:
    """The proof of a closed day; one that is not closed has no balances. All from one snapshot."""
    params = {"book": book_id, "day": day}
    with conn.transaction():
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        rows = conn.execute(TRIAL, params).fetchall()
        since = dict(conn.execute(SINCE, params).fetchall())
        roles = {row[0]: row[4] for row in rows if row[4]}
        lines: dict[int, list[Explanation]] = {account_id: [] for account_id in roles}
        for statement in (CLEARING, TRANSIT, SUSPENSE):
            for found in conn.execute(statement, params).fetchall():
                lines.setdefault(found[0], []).append(Explanation(*found))
        for line in _of_trades(conn, book_id, day):
            roles[line.account_id] = line.role
            lines.setdefault(line.account_id, []).append(
                Explanation(line.account_id, line.what, line.day, line.partner, line.fen, line.ref, line.age_days)
            )
    balances = {
        key: Balance(key, code, name, side, debit_fen, credit_fen, int(since.get(key, 0)))
        for key, code, name, side, _, debit_fen, credit_fen in rows
    }
    accounts = tuple(
        Explained(balances[account_id], role, tuple(lines[account_id]))
        for account_id, role in sorted(roles.items(), key=lambda one: balances[one[0]].code)
    )
    return Proof(book_id, day, tuple(balances.values()), accounts)


def _of_trades(conn: psycopg.Connection[Any], book_id: int, day: date) -> list[ProofLine]:
    """What trades explain of accounts of their own, as their plugs say."""
    found: list[ProofLine] = []
    for name in (name for plug in plugs() for name in plug.proof):
        found += called(name)(conn, book_id, day)
    return found
